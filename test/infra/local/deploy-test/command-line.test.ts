import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDeployTestOptions } from '../../../../infra/local/deploy-test/command-line.ts';

const endpoint = 'http://127.0.0.1:4566';

test('deploys the local stage, whose keys are fixed, where nothing else is said', () => {
  expect(readDeployTestOptions([], { AWS_ENDPOINT_URL: endpoint })).toEqual({
    endpoint,
    stage: 'local',
    apiKey: 'sk_local',
    writeKey: 'wk_local',
    url: undefined,
    without: [],
    except: [],
    smoke: true,
    destroy: false,
  });
});

test('deploys another stage without keys as long as it is not smoked', () => {
  const options = readDeployTestOptions(['--stage', 'dev', '--no-smoke'], { AWS_ENDPOINT_URL: endpoint });
  expect(options).toMatchObject({ stage: 'dev', smoke: false });
});

test('takes the names of what an endpoint cannot do, each given by itself', () => {
  const args = ['--without', 'MonitoringServerErrors', '--without', 'AWS::Glue::Table', '--except', 'it recommends'];
  const url = ['--url', 'http://127.0.0.1:9'];
  expect(readDeployTestOptions([...args, ...url], { AWS_ENDPOINT_URL: endpoint })).toMatchObject({
    without: ['MonitoringServerErrors', 'AWS::Glue::Table'],
    except: ['it recommends'],
    url: 'http://127.0.0.1:9',
  });
});

test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
  ['no endpoint', [], {}, /AWS_ENDPOINT_URL is not set: .*use `npx cdk deploy`/],
  ['an endpoint that is no address', [], { AWS_ENDPOINT_URL: 'localhost:4566' }, /not 'localhost:4566'/],
  [
    'a stage whose keys are not given',
    ['--stage', 'dev'],
    { AWS_ENDPOINT_URL: endpoint },
    /give --key and --write-key/,
  ],
  [
    'a check that there is not',
    ['--except', 'it flies'],
    { AWS_ENDPOINT_URL: endpoint },
    /no such check[\s\S]*it is up/,
  ],
  ['an unknown option', ['--force'], { AWS_ENDPOINT_URL: endpoint }, /Unknown option '--force'[\s\S]*Usage:/],
])('refuses %s', (_, args, env, message) => {
  expect(() => readDeployTestOptions(args, env)).toThrow(message);
});

test('says so when nothing answers, before anything is synthesized', () => {
  const command = fileURLToPath(new URL('../../../../infra/local/deploy-test.ts', import.meta.url));
  const env = { PATH: process.env.PATH ?? '', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const { status, stderr } = spawnSync(process.execPath, [command], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'Nothing answers at http://127.0.0.1:9: see AWS_ENDPOINT_URL.\n',
  });
});

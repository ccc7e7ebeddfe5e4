import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { accessTrouble } from '../../../infra/local/aws-access.ts';

const run = promisify(execFile);
const command = (name: string) => fileURLToPath(new URL(`../../../infra/local/${name}.ts`, import.meta.url));
/** Nothing of the account of whoever runs the test; the machine's own credentials are not asked for, which takes time. */
const bare = { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

async function failureOf(name: string, args: readonly string[], env: object) {
  const failed = await run(process.execPath, [command(name), ...args], { env: { ...bare, ...env } }).catch((e) => e);
  return { code: failed.code, text: failed.stderr as string };
}

test.each([
  ['replay', ['--set-aside', '--stage', 'dev']],
  ['query', ['SELECT 1', '--stage', 'dev']],
])('%s says how to get to AWS where region or credentials are missing', async (name, args) => {
  const noRegion = await failureOf(name, args, {});
  const noCredentials = await failureOf(name, args, { AWS_REGION: 'us-east-1' });

  expect(noRegion).toEqual({ code: 1, text: expect.stringMatching(/^No AWS region is set: set AWS_REGION.*\n$/) });
  expect(noCredentials).toEqual({
    code: 1,
    text: expect.stringMatching(/^There are no AWS credentials .*sign in.*\n$/),
  });
});

test('a folder that the chart cannot be written to is told before the report is asked for', async () => {
  const failed = await failureOf('report', ['revenue', '--svg', '/nonexistent/chart.svg'], {});

  expect(failed).toEqual({ code: 1, text: '--svg: there is no folder /nonexistent.\n' });
});

test.each([
  ['ExpiredTokenException', 'The security token included in the request is expired', /sign in again/],
  ['AccessDeniedException', 'User: x is not authorized to perform: lambda:ListFunctions', /AWS denies it \(User: x/],
  ['Error', 'connect ECONNREFUSED 127.0.0.1:4566', /is the runtime still up/],
])('tells of %s what to do', (name, message, told) => {
  expect(accessTrouble(Object.assign(new Error(message), { name }))).toMatch(told);
});

test('a fault of ours is none of AWS', () => {
  expect(accessTrouble(new TypeError('undefined is not a function'))).toBeUndefined();
  expect(accessTrouble('text')).toBeUndefined();
});

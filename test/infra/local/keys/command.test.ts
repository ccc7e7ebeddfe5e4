import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommand } from '../../../../infra/local/keys/request.ts';
import { openTarget } from '../../../../infra/local/keys/target.ts';

const requestOf = (...args: string[]) => readCommand(args)?.request;
const DAY = 86_400_000;

test('names a folder or a stage', () => {
  expect(readCommand(['list'])?.where).toEqual({ dataDir: path.resolve('.headwater'), stage: undefined });
  expect(readCommand(['list', '--stage', 'dev', '--data', 'x'])?.where).toEqual({
    dataDir: path.resolve('x'),
    stage: 'dev',
  });
  expect(readCommand(['--help'])).toBeUndefined();
});

test('what it cannot read is told by one sentence, and how it is used', () => {
  expect(() => readCommand(['list', '--nosuch'])).toThrow(/^Unknown option '--nosuch'\.\n\nUsage: /);
});

test('reads each command', () => {
  expect(requestOf('list', '--json')).toEqual({ command: 'list', json: true });
  expect(requestOf('rotate', 'app')).toEqual({ command: 'rotate', id: 'app', overlap: 7 * DAY });
  expect(requestOf('rotate', 'app', '--overlap', '0')).toMatchObject({ overlap: 0 });
  expect(requestOf('rotate', 'app', '--overlap', '90m')).toMatchObject({ overlap: 5_400_000 });
  expect(requestOf('revoke', 'app')).toEqual({ command: 'revoke', id: 'app' });
  expect(requestOf('create', '--id', 'app', '--scope', 'manage, read')).toEqual({
    command: 'create',
    id: 'app',
    scopes: ['read', 'manage'],
    source: undefined,
    limit: undefined,
    expiresIn: undefined,
  });
});

test('a write key is of the source that its name says, unless another is given', () => {
  expect(requestOf('create', '--id', 'web', '--scope', 'ingest')).toMatchObject({ source: 'web' });
  expect(requestOf('create', 'web', '--scope', 'ingest', '--source', 'shop')).toMatchObject({
    id: 'web',
    source: 'shop',
  });
});

test('reads limits and an end', () => {
  expect(requestOf('create', '--id', 'app', '--scope', 'read', '--rate', '5', '--expires-in', '30d')).toMatchObject({
    limit: { perSecond: 5, burst: 5 },
    expiresIn: 30 * DAY,
  });
  expect(requestOf('create', '--id', 'app', '--scope', 'read', '--rate', '5', '--burst', '50')).toMatchObject({
    limit: { perSecond: 5, burst: 50 },
  });
});

describe('says what is wrong with', () => {
  const create = ['create', '--id', 'app'];
  test.each<[string[], string]>([
    [[], 'The command is one of list, create, rotate and revoke, none was given.'],
    [['toString'], "not 'toString'"],
    [['remove', 'x'], "not 'remove'"],
    [['list', 'x'], "list takes no name, 'x' was given."],
    [['revoke'], 'The name of the key is missing: revoke NAME.'],
    [['revoke', 'a', 'b'], "'b' is one name too many."],
    [['revoke', 'a b'], "'a b' is no name"],
    [['revoke', 'a', '--overlap', '7d'], 'revoke takes no --overlap.'],
    [
      ['rotate', 'a', '--overlap', 'soon'],
      "--overlap takes a time such as 30d, 12h or 15m up to ten years, not 'soon'.",
    ],
    [['rotate', 'a', '--overlap', '4000d'], "not '4000d'"],
    [create, 'create needs --scope'],
    [['create', '--scope', 'read'], 'The name of the key is missing'],
    [[...create, '--scope', 'write'], "'write' is no scope: there are ingest, read, manage, privacy."],
    [[...create, '--scope', 'ingest,read'], 'is public, so that it may have no other'],
    [[...create, '--scope', 'read', '--source', 'shop'], '--source is of keys with the scope ingest'],
    [[...create, '--scope', 'read', '--rate', '0'], "--rate takes a whole number from 1 to 100000, not '0'."],
    [[...create, '--scope', 'read', '--burst', '5'], '--burst needs --rate.'],
    [[...create, '--scope', 'read', '--rate', '5', '--burst', '4'], 'a whole number from 5 to 300'],
    [[...create, '--scope', 'read', '--expires-in', '0'], 'the key would never work'],
    [['list', '--nonsense'], '--nonsense'],
  ])('%j', (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
    expect(() => readCommand(args)).toThrow('Usage: npm run keys');
  });
});

test('says how to start a runtime when none is up on the folder', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'headwater-'));
  await expect(openTarget({ dataDir, stage: undefined })).rejects.toThrow(
    /Keys need the runtime.*npm start -- --no-demo --data/,
  );
  rmSync(dataDir, { recursive: true });
});

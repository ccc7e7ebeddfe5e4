import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeAccountCredentials } from '../../../functions/adapters/account-credentials.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-credentials-'));
  const keys = 'aws_access_key_id = AKIDFILE\naws_secret_access_key = from a file\n';
  writeFileSync(join(folder, 'credentials'), `[shop]\n${keys}aws_session_token = a token\n[plain]\n${keys}`);
  writeFileSync(join(folder, 'config'), '[profile shop]\nregion = eu-central-1\n[profile plain]\nregion = eu-west-1\n');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION']) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('takes key, token and region of the profile that the AWS CLI would take', async () => {
  vi.stubEnv('AWS_PROFILE', 'shop');
  await takeAccountCredentials(process.env);
  expect(process.env).toMatchObject({
    AWS_ACCESS_KEY_ID: 'AKIDFILE',
    AWS_SECRET_ACCESS_KEY: 'from a file',
    AWS_SESSION_TOKEN: 'a token',
    AWS_REGION: 'eu-central-1',
  });
});

test('leaves no token of other credentials', async () => {
  vi.stubEnv('AWS_PROFILE', 'plain');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of another session');
  await takeAccountCredentials(process.env);
  expect(process.env.AWS_SESSION_TOKEN).toBeUndefined();
  expect(process.env.AWS_REGION).toBe('eu-west-1');
});

test('leaves variables that say all as they are', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'HWTOOL', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };
  const taken = { ...env };
  await takeAccountCredentials(taken);
  expect(taken).toEqual(env);
});

test('says what is missing', async () => {
  vi.stubEnv('AWS_PROFILE', 'nobody');
  await expect(takeAccountCredentials(process.env)).rejects.toThrow(/Region is missing/);
});

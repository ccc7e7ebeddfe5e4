import { expect, test } from 'vitest';
import { collectorEnv, EnvironmentError, profileUpdaterEnv, readEnv } from '../../schemas/env.ts';

const sha256 = 'a'.repeat(64);
const keys = JSON.stringify([{ id: 'shop', sha256 }]);

test('reads key lists from JSON', () => {
  const env = readEnv(collectorEnv, { STREAM_NAME: 'events', WRITE_KEYS: keys, PATH: '/bin' });
  expect(env).toEqual({ STREAM_NAME: 'events', WRITE_KEYS: [{ id: 'shop', sha256 }] });
});

test('names the missing variable and who sets it', () => {
  expect(() => readEnv(profileUpdaterEnv, {})).toThrow(
    /PROFILES_TABLE is missing \(name of the profiles table, set by Profiles/,
  );
});

test('names every wrong variable at once', () => {
  expect(() => readEnv(collectorEnv, {})).toThrow(/STREAM_NAME is missing.*WRITE_KEYS is missing/);
});

test('takes an empty variable for a wrong one', () => {
  expect(() => readEnv(profileUpdaterEnv, { PROFILES_TABLE: '' })).toThrow(EnvironmentError);
});

test.each([
  ['what is no list', '{"id":"shop","sha256":"wk_secret"}', /WRITE_KEYS is no JSON array \(accepted/],
  ['a list of something else', '["wk_secret", null]', /WRITE_KEYS 0 id is 1 to 64 letters/],
  ['an id with other characters', `[{"id":"wk_secret!","sha256":"${sha256}"}]`, /WRITE_KEYS 0 id is 1 to 64 letters/],
  ['text that is no JSON', 'wk_secret', /WRITE_KEYS is no JSON \(accepted write keys, set by Ingestion/],
  ['a key instead of its hash', '[{"id":"shop","sha256":"wk_secret"}]', /WRITE_KEYS 0 sha256 is sha256\(key\) as 64/],
])('refuses %s without repeating it', (_, value, message) => {
  const read = () => readEnv(collectorEnv, { STREAM_NAME: 'events', WRITE_KEYS: value });
  expect(read).toThrow(message);
  expect(read).not.toThrow(/wk_secret/);
});

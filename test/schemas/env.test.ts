import { expect, test } from 'vitest';
import {
  collectorEnv,
  EnvironmentError,
  lakeWriterEnv,
  profileApiEnv,
  profileUpdaterEnv,
  readEnv,
  sweeperEnv,
} from '../../schemas/env.ts';
import { openPrivacy } from '../../schemas/privacy-settings.ts';

const sha256 = 'a'.repeat(64);
const tables = { KEYS_TABLE: 'keys', ALLOWANCES_TABLE: 'allowances', METRICS_NAMESPACE: 'Headwater-test' };
const keys = JSON.stringify([{ id: 'shop', sha256 }]);

test('reads key lists from JSON', () => {
  const privacy = JSON.stringify(openPrivacy);
  const given = { STREAM_NAME: 'events', WRITE_KEYS: keys, PRIVACY_SETTINGS: privacy, ...tables };
  const env = readEnv(collectorEnv, { ...given, PATH: '/bin' });
  expect(env).toMatchObject({ STREAM_NAME: 'events', WRITE_KEYS: [{ id: 'shop', sha256 }], ...tables });
  expect(env).not.toHaveProperty('PATH');
});

test('names the missing variable and who sets it', () => {
  expect(() => readEnv(profileUpdaterEnv, {})).toThrow(
    /PROFILES_TABLE is missing \(name of the profiles table, set by Profiles/,
  );
});

test('names every wrong variable at once', () => {
  expect(() => readEnv(collectorEnv, {})).toThrow(/WRITE_KEYS is missing.*STREAM_NAME is missing/);
});

test('takes an empty variable for a wrong one', () => {
  expect(() => readEnv(lakeWriterEnv, { LAKE_BUCKET: '' })).toThrow(EnvironmentError);
});

test('reads identity rules from JSON', () => {
  const rules = { externalTraits: ['email', 'loyaltyId'], blockedIds: ['test', 'ü'] };
  const { IDENTITY_RULES } = profileUpdaterEnv;
  expect(readEnv({ IDENTITY_RULES }, { IDENTITY_RULES: JSON.stringify(rules) })).toEqual({ IDENTITY_RULES: rules });
});

test.each([
  ['null', /IDENTITY_RULES externalTraits is no JSON array/],
  ['{"externalTraits":[],"blockedIds":["",1]}', /IDENTITY_RULES blockedIds 0 does not match/],
  ['{"externalTraits":["user"],"blockedIds":[]}', /IDENTITY_RULES externalTraits 0 does not match/],
  ['{', /IDENTITY_RULES is no JSON \(what identifies people/],
])('refuses %s for identity rules', (IDENTITY_RULES, message) => {
  const { IDENTITY_RULES: rules } = profileUpdaterEnv;
  expect(() => readEnv({ IDENTITY_RULES: rules }, { IDENTITY_RULES })).toThrow(message);
});

test.each(['', '0', '61', '2.5', 'two'])('refuses %j for the seconds between two looks', (SWEEP_SECONDS) => {
  const { SWEEP_SECONDS: seconds } = sweeperEnv;
  expect(() => readEnv({ SWEEP_SECONDS: seconds }, { SWEEP_SECONDS })).toThrow(/is no whole number from 1 to 60/);
  expect(readEnv({ SWEEP_SECONDS: seconds }, { SWEEP_SECONDS: '20' })).toEqual({ SWEEP_SECONDS: 20 });
});

test.each([
  ['what is no list', '{"id":"shop","sha256":"wk_secret"}', /WRITE_KEYS is no JSON array \(accepted/],
  ['a list of something else', '["wk_secret", null]', /WRITE_KEYS 0 id is 1 to 64 letters/],
  ['an id with other characters', `[{"id":"wk_secret!","sha256":"${sha256}"}]`, /WRITE_KEYS 0 id is 1 to 64 letters/],
  ['text that is no JSON', 'wk_secret', /WRITE_KEYS is no JSON \(accepted write keys, set by AccessKeys/],
  ['a key instead of its hash', '[{"id":"shop","sha256":"wk_secret"}]', /WRITE_KEYS 0 sha256 is sha256\(key\) as 64/],
])('refuses %s without repeating it', (_, value, message) => {
  const read = () => readEnv(collectorEnv, { STREAM_NAME: 'events', WRITE_KEYS: value, ...tables });
  expect(read).toThrow(message);
  expect(read).not.toThrow(/wk_secret/);
});

test('reads spaces, and says which is none', () => {
  const { IDENTITY_RULES } = profileUpdaterEnv;
  const rules = { externalTraits: ['email'], blockedIds: [] };
  const spaces = [{ id: 'brand-b', sources: ['b-web'] }];
  expect(IDENTITY_RULES.read(JSON.stringify(rules))).toEqual(rules);
  expect(IDENTITY_RULES.read(JSON.stringify({ ...rules, spaces }))).toEqual({ ...rules, spaces });
  for (const wrong of [{}, [{ id: 'B', sources: [] }], [{ id: 'b' }], [null], [{ id: 'b', sources: [1] }]])
    expect(() => IDENTITY_RULES.read(JSON.stringify({ ...rules, spaces: wrong }))).toThrow(/^spaces /);
  const { SPACES } = profileApiEnv;
  expect(SPACES.read('["brand-b"]')).toEqual(['brand-b']);
  for (const wrong of ['{}', '["Brand B"]', '[1]']) expect(() => SPACES.read(wrong)).toThrow('names of spaces');
});

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError, settingsOf, stages } from '../../../infra/config.ts';
import { toldOfIdentity } from '../../../infra/settings/people.ts';
import { toldOfPrivacy } from '../../../infra/settings/privacy.ts';
import { environments, watchEnv } from '../../../schemas/env.ts';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const wrong = (settings: object) => () => settingsOf('test', { test: settings });

test.each(Object.keys(stages))('the settings of stage %s are right', (stage) => {
  expect(() => settingsOf(stage)).not.toThrow();
});

test('names the stages when asked for one that does not exist', () => {
  expect(() => settingsOf('production')).toThrow(
    new ConfigError('There is no stage "production": infra/config.ts has local, dev, prod, steady.'),
  );
  expect(() => settingsOf('constructor')).toThrow(ConfigError);
});

test('the laptop accepts exactly its two fixed keys', () => {
  expect(settingsOf('local')).toMatchObject({
    writeKeys: [{ id: 'local', sha256: sha256('wk_local') }],
    apiKeys: [{ id: 'local', sha256: sha256('sk_local') }],
  });
});

test.each(['dev', 'prod'])('stage %s accepts no key until one is set', (stage) => {
  expect(settingsOf(stage)).toMatchObject({ writeKeys: [], apiKeys: [] });
});

test('gives a stage that sets nothing a default for each setting', () => {
  expect(settingsOf('test', { test: {} })).toMatchObject({
    keepData: false,
    stream: { mode: 'onDemand', retentionHours: 24 },
    lakeWriter: { windowSeconds: 60 },
    writeKeys: [],
  });
});

test.each([
  ['a number out of range', { memory: { collector: 64 } }, /test\.memory\.collector: .*128/],
  ['a number as text', { throttle: { rate: '100' } }, /test\.throttle\.rate: .*expected number/],
  ['a setting that does not exist', { retention: 3 }, /test: .*"retention"/],
  ['a space whose name has capitals', { spaces: [{ id: 'Brand', sources: [] }] }, /spaces\.0\.id: .*small letters/],
  ['two spaces of one name', { spaces: ['a', 'b'].map((one) => ({ id: 'x', sources: [one] })) }, /holds an id twice/],
  ['a source of two spaces', { spaces: ['x', 'y'].map((id) => ({ id, sources: ['a'] })) }, /one space only/],
  ['the API as a source', { spaces: [{ id: 'x', sources: ['api:y'] }] }, /spaces\.0\.sources\.0: is the API itself/],
  [
    'more spaces than a function can be told of',
    { spaces: Array.from({ length: 90 }, (_, n) => ({ id: `space-${n}`, sources: [`source-${n}`] })) },
    /test\.spaces: and identity are together too long/,
  ],
  [
    'the claim of a space where there are none',
    { auth: { jwt: { issuer: 'https://login.example.com', audience: 'a', spaceClaim: 'brand' } } },
    /auth\.jwt\.spaceClaim: names the claim of a space, and there are no spaces/,
  ],
  ['shards without provisioned mode', { stream: { mode: 'onDemand', shards: 2 } }, /test\.stream: .*"shards"/],
  ['a provisioned stream without shards', { stream: { mode: 'provisioned' } }, /test\.stream\.shards/],
  ['a key in place of its hash', { writeKeys: [{ id: 'shop', sha256: 'wk_1' }] }, /test\.writeKeys\.0\.sha256: .*64/],
  [
    'one id for two keys',
    { apiKeys: ['a', 'b'].map((key) => ({ id: 'shop', sha256: sha256(key) })) },
    /test\.apiKeys: holds an id twice/,
  ],
  [
    'more keys than a function has room for',
    { apiKeys: Array.from({ length: 40 }, (_, i) => ({ id: `k${i}`, sha256: sha256(`${i}`) })) },
    /test\.apiKeys: is too long/,
  ],
  [
    'a trait that cannot name a kind of key',
    { identity: { externalTraits: ['user'] } },
    /test\.identity\.externalTraits\.0/,
  ],
  [
    'shares of a score that are not one whole',
    { recommendations: { blend: { collaborative: 0.5, content: 0.3, popularity: 0.3 } } },
    /test\.recommendations\.blend/,
  ],
  ['a sweeper that never looks', { sweeper: { everySeconds: 0 } }, /test\.sweeper\.everySeconds/],
  [
    'more blocked ids than a function has room for',
    { identity: { blockedIds: Array.from({ length: 400 }, (_, n) => `blocked-${n}`) } },
    /test\.identity: is too long/,
  ],
  [
    'records that are kept in play longer than the stream has them',
    { lakeWriter: { recordAgeHours: 24 } },
    /test\.lakeWriter\.recordAgeHours: must be less than stream\.retentionHours \(24\)/,
  ],
  [
    'people who are forgotten sooner than their events',
    { privacy: { retention: { profiles: 365, raw: 90, events: 730 } } },
    /test\.privacy\.retention\.events: is 730, longer than profiles \(365\)/,
  ],
  [
    'people who are forgotten while what they sent is kept for good',
    { privacy: { retention: { profiles: 365, events: 365 } } },
    /test\.privacy\.retention\.raw: is kept for good, longer than profiles \(365\)/,
  ],
])('refuses %s by its path', (_, settings, message) => {
  expect(wrong(settings)).toThrow(message);
});

test('what is told of privacy can be read, and by default leaves all as it is', () => {
  const { read } = environments.collector.PRIVACY_SETTINGS;
  expect(read(toldOfPrivacy(settingsOf('test', { test: {} }).privacy))).toEqual(openPrivacy);
  const privacy = {
    consent: {
      defaults: { analytics: false },
      regions: [{ countries: ['DE'], defaults: { marketing: true } }],
      doNotTrack: 'deny',
    },
    fields: [{ path: 'properties.products.*.note', action: 'drop' }],
  };
  const told = read(toldOfPrivacy(settingsOf('test', { test: { privacy } }).privacy));
  expect(told).toMatchObject({
    ...privacy,
    consent: { ...privacy.consent, defaults: { analytics: false, marketing: true } },
  });
});

test.each([
  ['a path elsewhere', { fields: [{ path: 'userId', action: 'hash' }] }, 'privacy.fields.0.path'],
  ['a path without a field', { fields: [{ path: 'traits', action: 'drop' }] }, 'privacy.fields.0.path'],
  [
    'a country by its name',
    { consent: { regions: [{ countries: ['Germany'], defaults: {} }] } },
    'regions.0.countries.0',
  ],
  ['an unknown purpose', { consent: { defaults: { advertising: false } } }, 'privacy.consent.defaults'],
  ['a header in capitals', { consent: { countryHeader: 'CF-IPCountry' } }, 'privacy.consent.countryHeader'],
  [
    'more rules than a function has room for',
    { fields: Array.from({ length: 80 }, (_, n) => ({ path: `properties.a_long_name_${n}`, action: 'drop' })) },
    'privacy',
  ],
])('privacy refuses %s', (_, privacy, path) => {
  expect(wrong({ privacy })).toThrow(path);
});

test('names every wrong setting at once', () => {
  expect(wrong({ alarmEmail: 'ops', throttle: { rate: 0 } })).toThrow(
    /alarmEmail.*\n.*throttle\.rate|throttle\.rate.*\n.*alarmEmail/,
  );
});

test('the watch reads its rules and quiet hours as the settings have them', () => {
  const quietHours = { timeZone: 'Europe/Berlin', from: '22:00', to: '07:00' };
  const { watch } = settingsOf('test', { test: { watch: { quietHours } } });
  expect(watchEnv.WATCH_SETTINGS.read(JSON.stringify(watch))).toEqual({ rules: watch.rules, quietHours });
  expect(watch.rules).toContainEqual(
    expect.objectContaining({ metric: 'conversion', direction: 'falls', change: 0.2 }),
  );
});

const rule = { id: 'a', metric: 'orders', direction: 'falls', change: 0.1, least: 1 };

test.each([
  ['a rule without a bound', { rules: [{ ...rule, change: undefined }] }, /rules.0: needs a change or a threshold/],
  ['an unknown metric', { rules: [{ ...rule, metric: 'luck' }] }, /rules.0.metric/],
  ['an id twice', { rules: [rule, rule] }, /holds an id twice/],
  ['an unknown time zone', { quietHours: { timeZone: 'Mars', from: '22:00', to: '07:00' } }, /no IANA time zone/],
  ['a time that is none', { quietHours: { timeZone: 'UTC', from: '24:00', to: '07:00' } }, /no time HH:MM/],
  ['a schedule that is none', { schedule: 'hourly' }, /no schedule/],
])('the watch does not take %s', (_, watch, message) => {
  expect(wrong({ watch })).toThrow(message);
});

test('functions are told of spaces only where there are some', () => {
  const spaces = [{ id: 'brand-b', sources: ['b-web'] }];
  expect(JSON.parse(toldOfIdentity(settingsOf('test', { test: {} })))).not.toHaveProperty('spaces');
  expect(JSON.parse(toldOfIdentity(settingsOf('test', { test: { spaces } })))).toMatchObject({ spaces });
});

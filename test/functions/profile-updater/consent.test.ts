import { expect, test } from 'vitest';
import { createPrivacyGate } from '../../../functions/adapters/privacy-gate.ts';
import { openPrivacy, type PrivacySettings } from '../../../schemas/privacy-settings.ts';
import { cleanRulesOf } from '../../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { MemoryRegister } from '../../fixtures/a-register.ts';
import { anEnvelope, anIdentify, aRecord, aTrack, type Message } from '../../fixtures/events.ts';
import { aKinesisEvent, anUpdater, MemoryProfileStore } from '../../fixtures/profiles.ts';
import { aSegment } from '../../fixtures/segments.ts';
import { catalogOf, World } from './world.ts';

const identity = { externalTraits: ['email'], blockedIds: [] };
const viewers = aSegment({
  id: 'viewers',
  condition: { type: 'event', event: 'Product Viewed', measure: { of: 'count' }, op: 'greaterOrEqual', value: 1 },
});
const saying = (preferences: Record<string, boolean>) => ({ consent: { categoryPreferences: preferences } });

function aWorld(settings: PrivacySettings = openPrivacy) {
  const store = new MemoryProfileStore();
  const register = new MemoryRegister();
  const update = anUpdater(store, {
    identity,
    rules: cleanRulesOf(settings, {}),
    gate: createPrivacyGate(register, settings, identity),
  });
  const send = (...records: ReceivedRecord[]) => update(aKinesisEvent(records));
  return {
    store,
    register,
    send,
    say: (...messages: Message[]) => send(...messages.map((one) => aRecord(anEnvelope([one])))),
  };
}

test('of an event without consent a profile learns the choice, and nothing else', async () => {
  const { store, say } = aWorld();
  await say(aTrack({ properties: { product_id: 'canary' }, context: saying({ analytics: false, marketing: false }) }));
  await say(aTrack({ properties: { product_id: 'canary' } }), anIdentify({ traits: { email: 'canary@x.org' } }));
  const profile = store.profile('user:user-1');
  expect(Object.fromEntries([...profile.consent].map(([purpose, { granted }]) => [purpose, granted]))).toEqual({
    analytics: false,
    marketing: false,
  });
  expect(profile).toMatchObject({ eventCount: 1 });
  expect([...store.items.keys()]).toEqual(['user:user-1']);
  expect(JSON.stringify(profile, (_, value) => (value instanceof Map ? [...value] : value))).not.toContain('canary');
});

test('what comes again after a crash between register and profile is decided as before', async () => {
  const { store, register, say, send } = aWorld();
  const records = [aTrack(), aTrack({ context: saying({ analytics: false }) }), aTrack()].map((one, at) =>
    aRecord(anEnvelope([one]), { arrivedAt: 1_000 + at }),
  );
  let isThere = false;
  store.onWrite = () => {
    isThere = register.entries.has('user:user-1');
    return 'refused';
  };
  expect((await send(...records)).batchItemFailures).toHaveLength(1);
  expect(isThere, 'the register knows before the profile does').toBe(true);
  expect(store.items.size).toBe(0);

  store.onWrite = () => 'none';
  await send(...records);
  await say(aTrack());
  // The first event came before the choice; the choice is the second.
  expect(store.profile('user:user-1').eventCount).toBe(2);
});

test('each transition of who denies marketing says so, also one that is published again', async () => {
  const world = new World(catalogOf([viewers]));
  const said = () => world.published().map(({ key, to, consent }) => [key, to, consent]);
  world.send(aTrack({ userId: 'ada' }), aTrack({ userId: 'bea', context: saying({ marketing: false }) }));
  await world.drain();
  const denied = { marketing: false };
  expect(said().sort()).toEqual([
    ['user:ada', 'entered', undefined],
    ['user:bea', 'entered', denied],
  ]);

  world.send(aTrack({ userId: 'cleo', context: { consent: { defaults: { marketing: false } } } }));
  world.onPublish = () => {
    throw new Error('The stream is out of reach.');
  };
  for (const shard of world.shards.keys()) await world.step(shard);
  expect(said()).toHaveLength(2);
  world.onPublish = () => undefined;
  world.restart();
  await world.drain();
  expect(said().filter(([key]) => key === 'user:cleo')).toEqual([['user:cleo', 'entered', denied]]);
});

test('takes nothing in while the register does not answer; the batch comes again', async () => {
  const { store, register, send } = aWorld();
  register.read = () => Promise.reject(new Error('throttled'));
  const record = aRecord(anEnvelope([aTrack()]));
  expect(await send(record)).toEqual({ batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] });
  expect(store.items.size).toBe(0);
});

test('a register that fails is not asked to cut the batch in two, but what nobody foresaw is', async () => {
  const { send } = aWorld();
  const update = anUpdater(new MemoryProfileStore(), { gate: () => Promise.reject(new TypeError('a mistake')) });
  await expect(update(aKinesisEvent([aRecord(anEnvelope([aTrack()]))]))).rejects.toThrow(TypeError);
  await expect(send()).resolves.toEqual({ batchItemFailures: [] });
});

test('what is denied by default shows, until somebody chooses, however early', async () => {
  const { store, say } = aWorld({
    ...openPrivacy,
    consent: { ...openPrivacy.consent, defaults: { analytics: true, personalisation: false, marketing: false } },
  });
  await say(aTrack());
  const granted = () => [...store.profile('user:user-1').consent].map(([purpose, choice]) => [purpose, choice.granted]);
  expect(granted()).toEqual([
    ['personalisation', false],
    ['marketing', false],
  ]);
  await say(aTrack({ timestamp: '2026-01-01T00:00:00Z', context: saying({ personalisation: true }) }), aTrack());
  expect(granted()).toEqual([
    ['personalisation', true],
    ['marketing', false],
  ]);
});

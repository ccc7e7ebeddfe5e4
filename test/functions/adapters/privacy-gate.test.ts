import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrivacyGate, RegisterUnreachableError } from '../../../functions/adapters/privacy-gate.ts';
import { groupByKey } from '../../../functions/profile-updater/group-by-key.ts';
import { CONSENT_EVENT } from '../../../schemas/event/vocabulary.ts';
import { openPrivacy, type PrivacySettings } from '../../../schemas/privacy-settings.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { cleanRulesOf } from '../../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { hasMessages, readBatch } from '../../../shared/lake/read-batch.ts';
import { isEventDelivery } from '../../../shared/profile/delivery.ts';
import { MemoryRegister } from '../../fixtures/a-register.ts';
import { ARRIVAL, anEnvelope, anIdentify, aRecord, aTrack, type Message } from '../../fixtures/events.ts';

const identity = { externalTraits: ['email'], blockedIds: [] };
const withConsent = (consent: Partial<PrivacySettings['consent']>): PrivacySettings => ({
  ...openPrivacy,
  consent: { ...openPrivacy.consent, ...consent },
});
const denied = { analytics: false, personalisation: false, marketing: false };

/** What became of each message: `accept`, `choice`, or why it was refused. */
async function inLake(register: MemoryRegister, settings: PrivacySettings, records: readonly ReceivedRecord[]) {
  const gate = createPrivacyGate(register, settings, identity);
  const admitted = await gate(readBatch(records, cleanRulesOf(settings, {})).filter(hasMessages));
  return admitted.flatMap(({ cleaned }) =>
    cleaned.items.map(({ outcome, isWithheld }) => {
      if (!outcome.ok) return outcome.failed.reason;
      return isWithheld ? 'choice' : 'accept';
    }),
  );
}

/** Message ids that reach profiles. */
async function inProfiles(register: MemoryRegister, settings: PrivacySettings, records: readonly ReceivedRecord[]) {
  const gate = createPrivacyGate(register, settings, identity);
  const { keys } = await groupByKey(records, { rules: cleanRulesOf(settings, {}), gate });
  return keys.flatMap(({ deliveries }) => deliveries.filter(isEventDelivery).map(({ event }) => event.messageId));
}

const saying = (preferences: unknown) => ({ consent: { categoryPreferences: preferences } });

describe('what is stored', () => {
  const cases: [string, Partial<PrivacySettings['consent']>, Message, object, string][] = [
    ['all, where nobody asked', {}, aTrack(), {}, 'accept'],
    ['nothing that says no', {}, aTrack({ event: CONSENT_EVENT, context: saying({}), properties: {} }), {}, 'accept'],
    ['what says yes', { defaults: denied }, aTrack({ context: saying({ analytics: true }) }), {}, 'accept'],
    ['nothing, where it is denied by default', { defaults: denied }, aTrack(), {}, 'no_consent'],
    ['a choice, when it denies', {}, aTrack({ context: saying({ Analytics: false }) }), {}, 'choice'],
    [
      'nothing of who asks not to be tracked',
      { doNotTrack: 'deny' },
      aTrack(),
      { signals: { doNotTrack: true } },
      'no_consent',
    ],
    ['all of them, where that is ignored', {}, aTrack(), { signals: { doNotTrack: true } }, 'accept'],
    [
      'nothing from a region where it is denied by default',
      { regions: [{ countries: ['DE', 'FR'], defaults: { analytics: false } }] },
      aTrack(),
      { signals: { country: 'fr' } },
      'no_consent',
    ],
    [
      'nothing that happened there',
      { regions: [{ countries: ['DE'], defaults: { analytics: false } }] },
      aTrack({ context: { location: { country: 'de' } } }),
      {},
      'no_consent',
    ],
    [
      'all from elsewhere',
      { defaults: denied, regions: [{ countries: ['US'], defaults: { analytics: true } }] },
      aTrack({ context: { location: { country: 'DE' } } }),
      { signals: { country: 'US' } },
      'accept',
    ],
    ['nothing of a bad event either', { defaults: denied }, aTrack({ event: '' }), {}, 'no_consent'],
    [
      'nothing of a bad event that says no',
      {},
      aTrack({ event: '', context: saying({ analytics: false }) }),
      {},
      'no_consent',
    ],
    ['the reason of a bad event otherwise', {}, aTrack({ event: '' }), {}, 'missing_event_name'],
    ['nothing of who knows what', { defaults: denied }, [] as never, {}, 'no_consent'],
    [
      'nothing of an event whose context is no object',
      { defaults: denied },
      aTrack({ context: 'no' }),
      {},
      'no_consent',
    ],
  ];
  test.each(cases)('%s', async (_, consent, message, envelope, expected) => {
    const record = aRecord(anEnvelope([structuredClone(message)], envelope));
    const settings = withConsent(consent);
    expect(await inLake(new MemoryRegister(), settings, [record])).toEqual([expected]);
    const reaches = expected === 'accept' || expected === 'choice';
    expect(await inProfiles(new MemoryRegister(), settings, [record])).toHaveLength(reaches ? 1 : 0);
  });

  test('of a record that cannot be read nothing, where consent is denied by default', async () => {
    const record = aRecord('{"type":"track","userId":"canary"');
    expect(await inLake(new MemoryRegister(), withConsent({ defaults: denied }), [record])).toEqual(['no_consent']);
    expect(await inLake(new MemoryRegister(), openPrivacy, [record])).toEqual(['record_unreadable']);
  });
});

test('of a choice nothing is kept but who, when and what', async () => {
  const register = new MemoryRegister();
  const message = aTrack({
    anonymousId: 'a-1',
    properties: { product_id: 'canary' },
    context: {
      ...saying({ analytics: false, marketing: false, functional: true, odd: 'canary' }),
      page: { path: '/canary' },
    },
  });
  const record = aRecord(anEnvelope([message], { ip: '203.0.113.0', userAgent: 'canary' }));
  const gate = createPrivacyGate(register, openPrivacy, identity);
  const [admitted] = await gate(readBatch([record]).filter(hasMessages));
  expect(admitted?.cleaned.items[0]).toMatchObject({
    isWithheld: true,
    message: {
      type: 'track',
      event: CONSENT_EVENT,
      messageId: message.messageId,
      userId: 'user-1',
      anonymousId: 'a-1',
      context: saying({ analytics: false, marketing: false, functional: true }),
    },
    outcome: { ok: true, event: { eventTime: Date.parse(String(message.timestamp)), receivedAt: ARRIVAL } },
  });
  expect(JSON.stringify(admitted?.cleaned.items)).not.toContain('canary');
  expect([...register.entries.keys()]).toEqual(['user:user-1', 'anonymous:a-1']);
});

test('a choice is news once: who goes on saying no is not followed', async () => {
  const register = new MemoryRegister();
  const records = ['00', '01', '02'].map((second) =>
    aRecord(anEnvelope([aTrack({ context: saying({ analytics: false }), timestamp: `2026-03-02T09:59:${second}Z` })])),
  );
  expect(await inLake(register, openPrivacy, records)).toEqual(['choice', 'no_consent', 'no_consent']);
  expect(await inLake(register, openPrivacy, records)).toEqual(['choice', 'no_consent', 'no_consent']);
});

test('what is only a choice is always kept', async () => {
  const register = new MemoryRegister();
  const choice = (preferences: unknown) =>
    aRecord(anEnvelope([aTrack({ event: CONSENT_EVENT, properties: {}, context: saying(preferences) })]));
  const records = [choice({ analytics: false }), choice({ functional: true }), choice({ analytics: false })];
  expect(await inLake(register, openPrivacy, records)).toEqual(['choice', 'choice', 'choice']);
});

describe('of somebody who was erased', () => {
  const tombstone = { requestId: 'r-1', at: ARRIVAL - 1_000, suppress: true };
  test.each<[string, Key, Message]>([
    ['by user id', 'user:ada', aTrack({ userId: 'ada' })],
    ['by a number as user id', 'user:7', aTrack({ userId: 7 })],
    ['by device', 'anonymous:a-1', aTrack({ anonymousId: 'a-1' })],
    ['by the id before', 'user:old', { ...aTrack(), type: 'alias', previousId: 'old' }],
    ['by the device before', 'anonymous:old', { ...aTrack(), type: 'alias', previousId: 'old' }],
    ['by a trait', 'email:ada@x.org', anIdentify({ traits: { email: ' Ada@X.org' } })],
    ['by a trait that apps send along', 'email:ada@x.org', aTrack({ context: { traits: { email: 'ada@x.org' } } })],
    ['by an external id', 'loyalty:77', aTrack({ context: { externalIds: [{ type: 'loyalty', id: '77' }] } })],
    ['in a bad event', 'user:ada', aTrack({ userId: 'ada', event: 7 })],
    ['in an event that is nested too deep', 'user:ada', aTrack({ userId: 'ada', properties: nested(50) as object })],
    ['who says yes', 'user:ada', aTrack({ userId: 'ada', context: saying({ analytics: true }) })],
  ])('nothing is stored %s', async (_, key, message) => {
    const register = new MemoryRegister();
    await register.erase([key], tombstone);
    const record = aRecord(anEnvelope([message], { userAgent: 'canary' }));
    expect(await inLake(register, openPrivacy, [record])).toEqual(['erased']);
    expect(await inProfiles(register, openPrivacy, [record])).toEqual([]);
    expect([...register.entries.values()]).toEqual([{ erased: tombstone, consent: {} }]);
  });

  test('what comes later is taken, when it is not suppressed', async () => {
    const register = new MemoryRegister();
    await register.erase(['user:user-1'], { ...tombstone, suppress: false });
    const at = (timestamp: number, receivedAt: number) =>
      aRecord(
        anEnvelope([aTrack({ timestamp: new Date(timestamp).toISOString() })], {
          receivedAt: new Date(receivedAt).toISOString(),
        }),
      );
    const records = [at(tombstone.at - 1, ARRIVAL), at(tombstone.at, ARRIVAL), at(tombstone.at, tombstone.at - 1)];
    expect(await inLake(register, openPrivacy, records)).toEqual(['erased', 'accept', 'erased']);
  });
});

describe('a device that joins a person', () => {
  const at = (offset: number) => ({ arrivedAt: ARRIVAL + offset, sequenceNumber: String(offset).padStart(56, '0') });
  const send = (register: MemoryRegister, offset: number, message: Message) =>
    inLake(register, openPrivacy, [aRecord(anEnvelope([message]), at(offset))]);
  const ofDevice = aTrack({ userId: undefined, anonymousId: 'new' });
  const refusing = async () => {
    const register = new MemoryRegister();
    await send(register, 1, aTrack({ userId: 'ada', anonymousId: undefined, context: saying({ analytics: false }) }));
    return register;
  };

  test('is heeded from then on as the person has chosen, and not before', async () => {
    const register = await refusing();
    expect(await send(register, 2, ofDevice)).toEqual(['accept']);
    await send(register, 3, anIdentify({ userId: 'ada', anonymousId: 'new' }));
    expect(await send(register, 4, ofDevice)).toEqual(['no_consent']);
    expect(await send(register, 2, ofDevice)).toEqual(['accept']);
  });

  test.each<[string, Message, Message]>([
    [
      'by an alias',
      aTrack({ userId: 'ada' }),
      { type: 'alias', messageId: 'a', userId: 'ada', previousId: 'new', timestamp: new Date(ARRIVAL).toISOString() },
    ],
    [
      'by an address',
      anIdentify({ userId: 'ada', anonymousId: undefined, traits: { email: 'ada@x.org' } }),
      anIdentify({ userId: undefined, anonymousId: 'new', traits: { email: 'Ada@X.org' } }),
    ],
  ])('also %s', async (_, before, joining) => {
    const register = await refusing();
    await send(register, 2, before);
    await send(register, 3, joining);
    expect(await send(register, 4, ofDevice)).toEqual(['no_consent']);
  });

  test('keeps what it has chosen later itself, and gives nothing to the person', async () => {
    const register = await refusing();
    const later = new Date(ARRIVAL + 1).toISOString();
    const saysYes = { ...ofDevice, timestamp: later, context: saying({ analytics: true }) };
    await send(register, 10, saysYes);
    await send(register, 11, anIdentify({ userId: 'ada', anonymousId: 'new' }));
    expect(await send(register, 12, ofDevice)).toEqual(['accept']);
    expect(await send(register, 13, aTrack({ userId: 'ada', anonymousId: undefined }))).toEqual(['no_consent']);
  });

  test('an event of both that joins nobody changes nothing: devices are shared', async () => {
    const register = await refusing();
    await send(register, 2, aTrack({ userId: 'ada', anonymousId: 'new' }));
    expect(await send(register, 3, ofDevice)).toEqual(['accept']);
  });
});

test('asks once for each key of a batch', async () => {
  const register = new MemoryRegister();
  const batch = [aTrack(), aTrack({ anonymousId: 'a-1' }), anIdentify()].map((message) =>
    aRecord(anEnvelope([message])),
  );
  await inLake(register, openPrivacy, batch);
  expect(register.reads).toEqual([['user:user-1', 'anonymous:a-1', 'anonymous:anon-1', 'email:jane@example.com']]);
});

test('stores nothing while the register is out of reach', async () => {
  const register = new MemoryRegister();
  register.beforeWrite = () => Promise.reject(new Error('throttled'));
  const record = aRecord(anEnvelope([aTrack({ context: saying({ analytics: false }) })]));
  await expect(inLake(register, openPrivacy, [record])).rejects.toThrow(RegisterUnreachableError);
  expect(await inLake(register, openPrivacy, [aRecord(anEnvelope([aTrack()]))])).toEqual(['accept']);
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : { deeper: nested(depth - 1) });

/** What a naive reader of one shard decides, who forgets nothing. */
function reference(records: readonly ReferenceRecord[], byDefault: boolean): string[] {
  const choices = new Map<string, { granted: boolean; time: number }[]>();
  const holds = (keys: readonly string[]) =>
    keys
      .flatMap((key) => choices.get(key) ?? [])
      .sort((a, b) => b.time - a.time || Number(a.granted) - Number(b.granted))[0];
  return records.flatMap(({ messages }) => {
    const inherit = (user: string | undefined, device: string | undefined) => {
      const [choice, own] = [holds([user ?? '']), holds([device ?? ''])];
      if (choice === undefined || device === undefined || own?.granted === choice.granted) return;
      if (holds([user ?? '', device]) === choice) choices.set(device, [...(choices.get(device) ?? []), choice]);
    };
    const news = messages.map(({ user, device, joins, says, time }) => {
      const isNews = changes(user, device, says, time);
      if (joins) inherit(user, device);
      return isNews;
    });
    function changes(
      user: string | undefined,
      device: string | undefined,
      says: boolean | undefined,
      time: number,
    ): boolean {
      if (says === undefined) return false;
      const changed = [user, device].filter((key) => {
        if (key === undefined) return false;
        const before = holds([key]);
        return (
          before === undefined || (before.granted !== says && (time > before.time || (time === before.time && !says)))
        );
      });
      for (const key of changed)
        choices.set(key as string, [...(choices.get(key as string) ?? []), { granted: says, time }]);
      return changed.length > 0;
    }
    return messages.map(({ user, device, says }, at) => {
      const isGranted = says ?? holds([user, device].filter((key) => key !== undefined))?.granted ?? byDefault;
      if (isGranted) return 'accept';
      return news[at] ? 'choice' : 'no_consent';
    });
  });
}

interface ReferenceMessage {
  readonly user: string | undefined;
  readonly device: string | undefined;
  /** Whether it says that the device is the user's. */
  readonly joins: boolean;
  readonly says: boolean | undefined;
  readonly time: number;
}
interface ReferenceRecord {
  readonly messages: readonly ReferenceMessage[];
  /** Milliseconds after the record before. */
  readonly after: number;
}

const ids = fc.constantFrom<[string | undefined, string | undefined]>(
  ['u1', undefined],
  ['u1', 'd1'],
  [undefined, 'd1'],
  ['u2', 'd1'],
  ['u2', 'd2'],
);
const aMessage = fc.record({
  ids,
  joins: fc.boolean(),
  says: fc.constantFrom(undefined, undefined, true, false),
  time: fc.integer({ min: 0, max: 20 }),
});
const history = fc
  .array(fc.record({ messages: fc.array(aMessage, { minLength: 1, maxLength: 3 }), after: fc.constantFrom(0, 0, 1) }), {
    minLength: 1,
    maxLength: 9,
  })
  // No more changes of mind than the register remembers.
  .filter(
    (records) =>
      records.flatMap(({ messages }) => messages).filter(({ says, joins }) => joins || says !== undefined).length < 10,
  );

test('both consumers decide as a naive reader does, however the stream is cut, who is ahead, and what comes again', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.boolean(),
      fc.array(fc.record({ lake: fc.boolean(), size: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() }), {
        maxLength: 12,
      }),
      async (drawn, byDefault, turns) => {
        const settings = withConsent({ defaults: { ...denied, analytics: byDefault } });
        let arrivedAt = ARRIVAL;
        const plan = drawn.map(({ messages, after }) => ({
          after,
          messages: messages.map(({ ids: [user, device], ...message }) => ({ user, device, ...message })),
        }));
        const records = plan.map(({ messages, after }) => {
          arrivedAt += after;
          const events = messages.map(({ user, device, joins, says, time }) =>
            (joins ? anIdentify : aTrack)({
              traits: {},
              userId: user,
              anonymousId: device,
              timestamp: new Date(ARRIVAL - 1_000 + time).toISOString(),
              ...(says !== undefined && { context: saying({ analytics: says }) }),
            }),
          );
          return { events, record: aRecord(anEnvelope(events), { arrivedAt }) };
        });
        const expected = reference(plan, byDefault);
        const wanted = records
          .flatMap(({ events }) => events)
          .flatMap(({ messageId }, at) => (expected[at] === 'no_consent' ? [] : [String(messageId)]));

        const register = new MemoryRegister();
        const verdicts: string[] = [];
        const taken: string[] = [];
        let [lake, profiles] = [0, 0];
        const batch = (from: number, size: number) => records.slice(from, from + size).map(({ record }) => record);
        const rest = { size: records.length, fails: false };
        for (const { lake: isLake, size, fails } of [...turns, { ...rest, lake: true }, { ...rest, lake: false }]) {
          if (isLake) {
            const found = await inLake(register, settings, batch(lake, size));
            if (fails) continue;
            verdicts.push(...found);
            lake = Math.min(lake + size, records.length);
          } else {
            const found = await inProfiles(register, settings, batch(profiles, size));
            if (fails) continue;
            taken.push(...found);
            profiles = Math.min(profiles + size, records.length);
          }
        }
        expect(verdicts).toEqual(expected);
        expect(taken.sort()).toEqual(wanted.sort());
      },
    ),
    { numRuns: 400 },
  );
});

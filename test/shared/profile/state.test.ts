import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdentityNode } from '../../../schemas/identity.ts';
import type { ControlRecord, TrackRow, Transition } from '../../../schemas/stream/control.ts';
import { type FoldedProfile, newFoldedProfile } from '../../../shared/profile/folded-profile.ts';
import { decodeProfile, encodeProfile, StateError } from '../../../shared/profile/state.ts';
import type { Audience } from '../../../shared/segments/audience.ts';
import { aCleanEvent } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';
import { someEvents } from './arbitraries.ts';
import format1 from './format-1.json' with { type: 'json' };

const time = fc.oneof(fc.constant(0), fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }));
const past = fc.integer({ min: 946_684_800_000, max: 1_900_000_000_000 });
const number = fc.nat({ max: 1_000 });
const key = fc.tuple(fc.constantFrom('user', 'anonymous', 'email'), fc.string()).map(([kind, id]) => `${kind}:${id}`);
const cause = fc.record(
  { type: fc.constantFrom('event', 'time', 'merge'), messageId: fc.string(), event: fc.string(), time: past },
  { requiredKeys: ['type', 'time'] },
);

const subtree = fc.uniqueArray(key, { maxLength: 4 }).chain((keys) =>
  fc.record({
    keys: fc.constant(keys),
    above: fc.constant(keys.map((_, at) => at - 1)),
    times: fc.array(time, { minLength: keys.length, maxLength: keys.length }),
    moves: number,
    changes: number,
  }),
);
const link = fc.record({
  parent: key,
  time: past,
  messageId: fc.string(),
  sourceId: fc.string(),
  event: fc.string(),
  why: fc.constantFrom('identify', 'alias', 'trait', 'externalId'),
});
const block = fc.record({
  parent: key,
  reason: fc.constantFrom('split', 'limit'),
  requestId: fc.string(),
  time: past,
});
const identity: fc.Arbitrary<IdentityNode> = fc.record({
  parent: fc.option(key, { nil: undefined }),
  moves: number,
  changes: number,
  links: fc.array(link, { maxLength: 3 }),
  blocked: fc.array(block, { maxLength: 3 }),
  children: fc.array(fc.tuple(key, subtree), { maxLength: 3 }).map((entries) => new Map(entries)),
});

const rows = fc.nat({ max: 2 }).chain((width) =>
  fc.array(
    fc
      .tuple(
        past,
        fc.constantFrom('0a1b2c3d', 'ffffffff'),
        fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: width, maxLength: width }),
      )
      .map(([at, id, values]): TrackRow => [at, id, ...values]),
    { maxLength: 5 },
  ),
);
const days = fc.array(fc.integer({ min: 0, max: 30_000 }).map((day): TrackRow => [day * 86_400_000, '']));
const tracks = fc
  .array(fc.tuple(fc.string({ minLength: 1 }), fc.oneof(rows, days)), { maxLength: 4 })
  .map((entries) => new Map(entries));

const audience: fc.Arbitrary<Audience> = fc.record({
  memberships: fc
    .array(fc.tuple(fc.string(), fc.record({ version: number, since: past, n: number })), { maxLength: 4 })
    .map((entries) => new Map(entries)),
  transitions: number,
  evaluatedAt: time,
  due: time,
  armed: time,
  ready: fc.array(fc.string(), { maxLength: 3 }).map((list) => new Set(list)),
});

const transitions = fc
  .record({
    first: fc.integer({ min: 1, max: 99 }),
    items: fc.array(
      fc.record({ segmentId: fc.string(), version: number, to: fc.constantFrom('entered', 'exited'), at: past, cause }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ first, items }): ControlRecord => {
    const person = { profileId: 'p_1', key: 'user:ada' };
    const own = items.map((item, at) => ({ id: `p_1-${first + at}`, ...person, n: first + at, ...item }) as Transition);
    return { v: 1, kind: 'transitions', items: own };
  });
const others = fc.constant<ControlRecord[]>([
  { v: 1, kind: 'identities', items: [{ profileKey: 'anonymous:a', parentKey: null, moves: 2, time: 9 }] },
]);
const outbox = fc
  .record({
    shardId: fc.string(),
    sequenceNumber: fc.string(),
    own: fc.option(transitions, { nil: undefined }),
    others,
  })
  .map(({ own, others, ...place }) => ({ ...place, records: own === undefined ? others : [own, ...others] }));

const ledger = {
  positions: [{ shardId: 'shardId-000000000000', sequenceNumber: '4959', index: 3 }],
  ids: new Uint8Array([1, 2, 3]),
  pages: [{ number: 1, newestHour: 7 }],
  nextPage: 2,
};
const states: fc.Arbitrary<FoldedProfile> = fc.record({
  profile: someEvents.map((events) => (events.length === 0 ? undefined : aProfile(events))),
  ledger: fc.constant(ledger),
  tracks,
  identity,
  audience,
  outbox: fc.option(outbox, { nil: undefined }),
});

describe('the stored state', () => {
  it('is read back as it was, with whatever parts', () => {
    const sparse = fc
      .tuple(states, fc.subarray(['profile', 'tracks', 'identity', 'audience', 'outbox', 'ledger'] as const))
      .map(([state, left]): FoldedProfile => {
        const empty = newFoldedProfile();
        return { ...state, ...Object.fromEntries(left.map((name) => [name, empty[name]])) };
      });
    fc.assert(
      fc.property(fc.oneof(states, sparse), (state) => {
        expect(decodeProfile(encodeProfile(state))).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the order of children, which is that of their news', () => {
    const report = { keys: [], above: [], times: [], moves: 1, changes: 1 };
    const children = new Map(['b', 'a', 'c'].map((id) => [`anonymous:${id}`, report]));
    const state = { ...newFoldedProfile(), identity: { ...newFoldedProfile().identity, children } };
    expect([...decodeProfile(encodeProfile(state)).identity.children.keys()]).toEqual([...children.keys()]);
  });

  it('gives no object a new prototype', () => {
    const traits = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": "x"}');
    const profile = aProfile([aCleanEvent({ type: 'identify', event: 'Identify', traits })]);
    const read = decodeProfile(encodeProfile({ ...newFoldedProfile(), profile })).profile;
    expect(read?.traits.get('__proto__')?.value).toEqual({ isAdmin: true });
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('keeps what was bought before, in a format that an older version refuses', () => {
    const profile = { ...aProfile(), boughtBefore: new Set(['00112233aabbccdd', 'ffffffff00000000']) };
    const encoded = encodeProfile({ ...newFoldedProfile(), profile });
    expect(decodeProfile(encoded).profile).toEqual(profile);
    expect(encoded.format).toBe(3);
    expect(encodeProfile({ ...newFoldedProfile(), profile: aProfile() }).format).toBe(2);
  });

  it('is refused when it is damaged, and told apart from one of a newer version', () => {
    const encoded = encodeProfile({ ...newFoldedProfile(), profile: aProfile() });
    const read = (over: object) => {
      try {
        return decodeProfile({ ...encoded, ...over });
      } catch (error) {
        return error;
      }
    };
    expect(read({ state: encoded.state.slice(3) })).toMatchObject({ name: 'StateError', isNewer: false });
    expect(read({ state: new Uint8Array() })).toBeInstanceOf(StateError);
    expect(read({ format: 4 })).toMatchObject({ name: 'StateError', isNewer: true });
    expect(read({ format: 0 })).toMatchObject({ name: 'StateError', isNewer: false });
  });
});

describe('a state of the first format', () => {
  it.each(format1)('is read, and takes no more room in the next one: $name', ({ format, state, ids, holds }) => {
    const encoded = { format, state: Buffer.from(state, 'base64'), ids: Buffer.from(ids, 'base64') };
    const expected = restored(holds) as Pick<FoldedProfile, 'profile' | 'ledger'>;
    const read = decodeProfile(encoded);
    expect({ ...read, ledger: { ...read.ledger, ids: new Uint8Array(read.ledger.ids) } }).toEqual({
      ...newFoldedProfile(),
      ...expected,
      profile: { ...expected.profile, consent: new Map(), boughtBefore: new Set() },
    });
    const again = encodeProfile(read);
    expect(again.format).toBe(2);
    expect(Buffer.from(again.state).equals(encoded.state)).toBe(true);
  });
});

/** Maps and bytes as the fixture writes them. */
function restored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restored);
  if (typeof value !== 'object' || value === null) return value;
  if ('map' in value)
    return new Map((value.map as [string, unknown][]).map(([name, inner]) => [name, restored(inner)]));
  if ('base64' in value) return new Uint8Array(Buffer.from(value.base64 as string, 'base64'));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, restored(inner)]));
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transition } from '../../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { ARRIVAL, anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import type { Fault } from '../adapters/memory-dynamodb.ts';
import { type Audience, anAudience, transitionsOf } from './an-audience.ts';

test('who enters is a member and is counted; who exits is neither', async () => {
  const audience = anAudience();
  await audience.write([
    transitionsOf([aTransition(), aTransition({ key: 'user:bob' })]),
    transitionsOf([aTransition({ n: 2, to: 'exited' })]),
  ]);
  expect(await audience.members('buyers')).toEqual(['user:bob']);
  expect(await audience.lists.countMembers('buyers')).toBe(1);
});

test('a member has the time of entry and the opaque id', async () => {
  const audience = anAudience();
  await audience.write([transitionsOf([aTransition({ at: ARRIVAL + 5 })])]);
  const { items } = await audience.lists.listMembers('buyers', { limit: 10 });
  expect(items).toMatchObject([{ key: 'user:ada', profileId: profileIdOf('user:ada'), since: ARRIVAL + 5 }]);
});

test('sends each transition as it is, once for a batch that holds it twice', async () => {
  const audience = anAudience();
  const transitions = [aTransition(), aTransition({ n: 2, to: 'exited' })];
  await audience.write([transitionsOf(transitions), transitionsOf(transitions)]);
  expect(audience.sent).toEqual(transitions);
});

test('a copy of an older transition changes nothing', async () => {
  const audience = anAudience();
  const entered = transitionsOf([aTransition()]);
  await audience.write([entered, transitionsOf([aTransition({ n: 2, to: 'exited' })])]);
  await audience.write([transitionsOf([aTransition()])]);
  expect(await audience.members('buyers')).toEqual([]);
  expect(await audience.lists.countMembers('buyers')).toBe(0);
});

test('who entered and left within one record leaves no trace but in the list of transitions', async () => {
  const audience = anAudience();
  const visit = transitionsOf([aTransition(), aTransition({ n: 2, to: 'exited' })]);
  await audience.write([visit]);
  await audience.write([visit]);
  expect(audience.table.in('member#')).toEqual([]);
  expect(await audience.lists.countMembers('buyers')).toBe(0);
  expect((await audience.lists.listTransitions(aTransition().profileId, { limit: 9 })).items).toHaveLength(2);
});

test('who was a member before and left is remembered, however short the way back and out again', async () => {
  const audience = anAudience();
  const entered = transitionsOf([aTransition()]);
  await audience.write([
    entered,
    transitionsOf([aTransition({ n: 2, to: 'exited' }), aTransition({ n: 3 }), aTransition({ n: 4, to: 'exited' })]),
  ]);
  await audience.write([transitionsOf([aTransition()])]);
  expect(await audience.members('buyers')).toEqual([]);
  expect(await audience.lists.countMembers('buyers')).toBe(0);
});

test('who has left is forgotten after some days', async () => {
  const audience = anAudience();
  await audience.write([transitionsOf([aTransition()]), transitionsOf([aTransition({ n: 2, to: 'exited' })])]);
  const [left] = audience.table.in('member#');
  expect(Number(left?.expiresAt?.N)).toBeGreaterThan((ARRIVAL + 3 * 86_400_000) / 1000);
  await audience.write([transitionsOf([aTransition({ n: 3 })])]);
  expect(audience.table.in('member#')[0]?.expiresAt).toBeUndefined();
});

test('lists the values of a segment that has members by value', async () => {
  const audience = anAudience();
  await audience.write([
    transitionsOf([
      aTransition({ segmentId: 'likes:tents: large' }),
      aTransition({ n: 2, segmentId: 'likes:stoves' }),
      aTransition({ n: 3 }),
    ]),
  ]);
  expect(await audience.lists.listValues('likes')).toEqual(['stoves', 'tents: large']);
  expect(await audience.members('likes:stoves')).toEqual(['user:ada']);
  expect(await audience.lists.listValues('buyers')).toEqual([]);
});

test('takes keys and values of any length', async () => {
  const audience = anAudience();
  const key = `user:${'ü'.repeat(2_000)}`;
  const segmentId = `likes:${'é'.repeat(2_000)}`;
  await audience.write([transitionsOf([aTransition({ key, segmentId })])]);
  expect(await audience.members(segmentId)).toEqual([key]);
  expect(await audience.lists.countMembers(segmentId)).toBe(1);
});

test('reads past what holds no transitions, and says so', async () => {
  const audience = anAudience();
  const records = [
    aRecord(anEnvelope([aTrack()])),
    aRecord('{"v":1,"kind":"transitions"'),
    transitionsOf([aTransition()]),
  ];
  expect(await audience.write(records)).toEqual({ batchItemFailures: [] });
  expect(await audience.members('buyers')).toEqual(['user:ada']);
  expect(audience.lines).toContainEqual({ code: 'transitions_unreadable', records: 2 });
});

test('a batch that is large is through in parts: what fails comes again from there', async () => {
  const audience = anAudience();
  const records = Array.from({ length: 30 }, (_, record) =>
    transitionsOf(Array.from({ length: 100 }, (_, at) => aTransition({ key: `user:${record * 100 + at}` }))),
  );
  let sends = 0;
  audience.faults.onSend = () => {
    sends += 1;
    return sends > 2_500 ? 'refused' : 'none';
  };
  const { batchItemFailures } = await audience.write(records);
  expect(batchItemFailures).toEqual([{ itemIdentifier: records[20]?.sequenceNumber }]);
  expect(await audience.lists.countMembers('buyers')).toBe(3_000);
});

describe('whatever happens', () => {
  const SHARDS = ['shardId-000000000000', 'shardId-000000000001'];
  const people = ['user:ada', 'user:bob', 'anonymous:eve', 'email:x@y.org'];
  const segments = ['buyers', 'readers', 'likes:tents'];

  /** Each step: a person enters or exits a segment, or the last record of a shard is published once more. */
  const history = fc.array(
    fc.record({
      person: fc.nat(people.length - 1),
      segment: fc.nat(segments.length - 1),
      joins: fc.boolean(),
      again: fc.option(fc.nat(20), { freq: 5 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  type Step = typeof history extends fc.Arbitrary<(infer S)[]> ? S : never;

  /** Records of each shard, and who is in which segment in the end. A person's transitions keep to one shard. */
  function played(steps: readonly Step[]) {
    const records = new Map<string, ReceivedRecord[]>(SHARDS.map((shardId) => [shardId, []]));
    const inside = new Map<string, Set<string>>(segments.map((id) => [id, new Set()]));
    const numbers = new Map<string, number>();
    const all: Transition[] = [];
    const last = new Map<string, Transition[]>();
    for (const { person, segment, joins, again } of steps) {
      const shardId = SHARDS[person % 2] as string;
      const key = people[person] as string;
      const segmentId = segments[segment] as string;
      const list = records.get(shardId) as ReceivedRecord[];
      const earlier = again === null ? undefined : list[again];
      if (earlier) {
        list.push({ ...transitionsOf([], { shardId }), data: earlier.data });
        last.delete(shardId);
      }
      const members = inside.get(segmentId) as Set<string>;
      const n = (numbers.get(key) ?? 0) + 1;
      numbers.set(key, n);
      const to = members.has(key) ? 'exited' : 'entered';
      if (to === 'entered') members.add(key);
      else members.delete(key);
      const transition = aTransition({ key, n, segmentId, to });
      all.push(transition);
      // One record may hold several transitions.
      const open = last.get(shardId);
      if (joins && open) {
        open.push(transition);
        list[list.length - 1] = { ...(list.at(-1) as ReceivedRecord), ...dataOf(open) };
      } else {
        last.set(shardId, [transition]);
        list.push(transitionsOf([transition], { shardId }));
      }
    }
    return { records, inside, all };
  }
  const dataOf = (items: readonly Transition[]) => ({ data: transitionsOf(items).data });

  async function expectExact(audience: Audience, { inside, all }: ReturnType<typeof played>): Promise<void> {
    for (const [segmentId, members] of inside) {
      expect((await audience.members(segmentId, 1)).sort()).toEqual([...members].sort());
      expect(await audience.lists.countMembers(segmentId)).toBe(members.size);
    }
    const sizes = Array.from(inside, ([segmentId, members]): [string, number] => [segmentId, members.size]);
    expect(await audience.lists.countEach([...inside.keys()])).toEqual(new Map(sizes));
    for (const key of people) {
      const own = all.filter((transition) => transition.key === key);
      const { items } = await audience.lists.listTransitions(profileIdOf(key), { limit: 100 });
      expect(items).toEqual(own.toReversed());
      const sent = audience.sent.filter((transition) => transition.key === key);
      expect([...new Map(sent.map((transition) => [transition.id, transition])).values()]).toEqual(own);
    }
  }

  /** Delivers a shard as a poller does: from the first failure again, in batches cut anew each time. */
  async function deliver(
    audience: Audience,
    records: readonly ReceivedRecord[],
    cuts: readonly number[],
    onCall = () => {},
  ) {
    let from = 0;
    for (let invocation = 0; from < records.length; invocation += 1) {
      if (invocation > 300) throw new Error('The shard makes no progress.');
      onCall();
      const batch = records.slice(from, from + (cuts[invocation % cuts.length] ?? 1));
      const { batchItemFailures } = await audience.write(batch);
      const failed = batchItemFailures[0]?.itemIdentifier;
      from = failed === undefined ? from + batch.length : records.findIndex((r) => r.sequenceNumber === failed);
    }
  }

  const cuts = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 });

  test('counts are the members, and each transition is listed and sent in order: crashes, cuts and copies', async () => {
    const run = fc.record({
      steps: history,
      cuts,
      // After so many effects the sandbox dies; the next invocation is a new one.
      lives: fc.array(fc.nat(14), { maxLength: 12 }),
      fault: fc.constantFrom<Fault>('refused', 'answer_lost'),
      again: cuts,
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ steps, cuts, lives, fault, again }) => {
        const history = played(steps);
        const audience = anAudience();
        const left = [...lives];
        let life = left.shift() ?? Number.POSITIVE_INFINITY;
        let isDead = false;
        const effect = (): Fault => {
          if (isDead) return 'refused';
          life -= 1;
          if (life >= 0) return 'none';
          isDead = true;
          return fault;
        };
        audience.table.onWrite = effect;
        audience.faults.onSend = effect;
        const onCall = () => {
          if (!isDead) return;
          isDead = false;
          life = left.shift() ?? Number.POSITIVE_INFINITY;
        };
        for (const records of history.records.values()) await deliver(audience, records, cuts, onCall);
        await expectExact(audience, history);

        // A checkpoint that was lost brings all of it once more.
        isDead = false;
        life = Number.POSITIVE_INFINITY;
        for (const records of history.records.values()) await deliver(audience, records, again);
        await expectExact(audience, history);
      }),
      { numRuns: 250 },
    );
  });

  test('counts stay exact when two pollers read a shard at once, and one of them is late', async () => {
    const run = fc.record({ steps: history, one: cuts, other: cuts, late: fc.nat(10), scheduler: fc.scheduler() });
    await fc.assert(
      fc.asyncProperty(run, async ({ steps, one, other, late, scheduler }) => {
        const history = played(steps);
        const audience = anAudience();
        audience.table.before = (call) => scheduler.schedule(Promise.resolve(), call);
        const pollers = [...history.records.values()].flatMap((records) => [
          deliver(audience, records, one),
          deliver(audience, records.slice(0, late), other),
        ]);
        await scheduler.waitFor(Promise.all(pollers));
        audience.table.before = async () => {};
        for (const [segmentId, members] of history.inside) {
          expect((await audience.members(segmentId)).sort()).toEqual([...members].sort());
          expect(await audience.lists.countMembers(segmentId)).toBe(members.size);
        }
      }),
      { numRuns: 150 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAudienceLists } from '../../../functions/adapters/audience-lists.ts';
import {
  type CountChange,
  CountConflictError,
  createAudienceStore,
} from '../../../functions/adapters/audience-store.ts';
import { CursorError } from '../../../functions/adapters/cursor.ts';
import { createHaveHeard } from '../../../functions/adapters/heard-transitions.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { ARRIVAL } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';

const SHARD = 'shardId-000000000000';
const BUYERS = new Set(['buyers']);

function anAudienceTable() {
  const table = new MemoryDynamoDb('pk', 'sk');
  return {
    table,
    store: createAudienceStore(table.client, 'audience', () => ARRIVAL),
    lists: createAudienceLists(table.client, 'audience'),
  };
}

const aMember = (key: string, over: object = {}) => ({
  segmentId: 'buyers',
  key,
  profileId: profileIdOf(key),
  n: 1,
  since: ARRIVAL,
  hasLeft: false,
  ...over,
});
const aChange = (over: Partial<CountChange> = {}): CountChange => ({
  segmentId: 'buyers',
  by: 2,
  sequenceNumber: '100',
  ...over,
});

describe('counts', () => {
  const own = (over: object = {}) => ({ pk: { S: 'count#buyers' }, sk: { S: SHARD }, count: { N: '4' }, ...over });

  test('a count that was written unheard is not written again, and is no failure', async () => {
    const { store, lists } = anAudienceTable();
    const none = await store.readCounts(SHARD, BUYERS);
    await store.writeCounts(none, [aChange()]);
    await store.writeCounts(none, [aChange()]);
    const before = await store.readCounts(SHARD, BUYERS);
    await store.writeCounts(before, [aChange({ by: 3, sequenceNumber: '1000' })]);
    await store.writeCounts(before, [aChange({ by: 3, sequenceNumber: '1000' })]);
    expect(await lists.countMembers('buyers')).toBe(5);
  });

  test('refuses a change for a count that somebody else has moved, but not as far', async () => {
    const { store } = anAudienceTable();
    const none = await store.readCounts(SHARD, BUYERS);
    await store.writeCounts(none, [aChange({ sequenceNumber: '50' })]);
    await expect(store.writeCounts(none, [aChange()])).rejects.toThrow(CountConflictError);
  });

  test('refuses a change for counts to which somebody else has added another segment', async () => {
    const { store } = anAudienceTable();
    const none = await store.readCounts(SHARD, BUYERS);
    await store.writeCounts(none, [aChange({ segmentId: 'readers', sequenceNumber: '200' })]);
    await expect(store.writeCounts(none, [aChange()])).rejects.toThrow(CountConflictError);
  });

  test('sums the shards, some of which may be below zero', async () => {
    const { store, lists } = anAudienceTable();
    await store.writeCounts(await store.readCounts(SHARD, BUYERS), [aChange({ by: 5 })]);
    await store.writeCounts(await store.readCounts('shardId-000000000001', BUYERS), [aChange({ by: -2 })]);
    expect(await lists.countMembers('buyers')).toBe(3);
    expect(await lists.countMembers('nobody')).toBe(0);
    expect(await lists.countMembers('constructor')).toBe(0);
  });

  test('what a batch changes of many segments is one item, and more than one only where they do not fit', async () => {
    const { store, lists, table } = anAudienceTable();
    const few = Array.from({ length: 30 }, (_, n) => aChange({ segmentId: `segment-${n}`, by: n }));
    await store.writeCounts(await store.readCounts(SHARD, new Set()), few);
    expect(table.in('counts')).toHaveLength(1);
    const many = Array.from({ length: 500 }, (_, n) => aChange({ segmentId: `segment-${n}`, sequenceNumber: '200' }));
    await store.writeCounts(await store.readCounts(SHARD, new Set(many.map(({ segmentId }) => segmentId))), many);
    for (const item of table.in('counts')) expect(JSON.stringify(item).length).toBeLessThan(1_100);
    expect(await lists.countMembers('segment-29')).toBe(31);
    expect(await lists.countMembers('segment-499')).toBe(2);
  });

  test('goes on from a count of the earlier layout', async () => {
    const { store, lists, table } = anAudienceTable();
    await table.client('PutItem', { TableName: 'audience', Item: own({ sequenceNumber: { S: '90' } }) });
    expect(await lists.countMembers('buyers')).toBe(4);
    const read = await store.readCounts(SHARD, BUYERS);
    expect(read.bySegment.get('buyers')).toEqual({ count: 4, sequenceNumber: '90' });
    await store.writeCounts(read, [aChange()]);
    expect(await lists.countMembers('buyers')).toBe(6);
  });

  test('does not take the count of one segment for that of another', async () => {
    const { store } = anAudienceTable();
    const none = await store.readCounts(SHARD, BUYERS);
    await store.writeCounts(none, [aChange(), aChange({ segmentId: 'readers', by: 7 })]);
    const { bySegment } = await store.readCounts(SHARD, new Set(['readers', 'missing']));
    expect(bySegment.get('readers')).toEqual({ count: 7, sequenceNumber: '100' });
    expect(bySegment.has('missing')).toBe(false);
  });
});

describe('lists of members', () => {
  async function withMembers(count: number, left = 0) {
    const audience = anAudienceTable();
    await audience.store.writeMembers([
      ...Array.from({ length: count }, (_, n) => aMember(`user:${n}`)),
      ...Array.from({ length: left }, (_, n) => aMember(`user:gone-${n}`, { hasLeft: true })),
    ]);
    return audience;
  }

  test.each([1, 2, 7, 100, 1_000])(
    'page by page of %d, every member is listed once, in an order that stays',
    async (limit) => {
      const { lists } = await withMembers(500, 100);
      const walk = async () => {
        const keys: string[] = [];
        for (let cursor: string | undefined; ; ) {
          const page = await lists.listMembers('buyers', { limit, cursor });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          keys.push(...page.items.map(({ key }) => key));
          if (page.nextCursor === null) return keys;
          cursor = page.nextCursor;
        }
      };
      const keys = await walk();
      expect([...keys].sort()).toEqual(Array.from({ length: 500 }, (_, n) => `user:${n}`).sort());
      expect(await walk()).toEqual(keys);
    },
  );

  test.each([1, 3, 40])('pages of %d list the members of a space, each once, and skip all others', async (limit) => {
    const { lists, store, table } = anAudienceTable();
    const long = 'ü'.repeat(500);
    const own = [
      ...Array.from({ length: 60 }, (_, n) => `user:brand-b/${n}`),
      ...Array.from({ length: 20 }, (_, n) => `anonymous:brand-b/v-${n}`),
      'crm:brand-b/7',
      'email:brand-b/a@x.org',
      `user:brand-b/${long}`,
    ];
    const others = [
      'user:',
      'user:brand-a/',
      'user:brand-bb/',
      'user:brand-c/',
      'anonymous:',
      'email:brand-c/',
      'zip:',
    ];
    await store.writeMembers([
      ...own.map((key) => aMember(key)),
      aMember('user:brand-b/gone', { hasLeft: true }),
      ...others.flatMap((start) => Array.from({ length: 300 }, (_, n) => aMember(`${start}${n}`))),
      aMember(`user:brand-c/${long}`),
    ]);
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const before = table.calls;
      const page = await lists.listMembers('buyers', { limit, cursor }, 'brand-b');
      expect(table.calls - before).toBeLessThan(700);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map(({ key }) => key));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
      const place = Buffer.from(cursor, 'base64url').toString().slice(10);
      expect(place).toMatch(/^\w+:brand-b\/|^#|^$/);
    }
    expect(found.sort()).toEqual([...own].sort());
  });

  test('a cursor is of its space', async () => {
    const { lists, store } = anAudienceTable();
    await store.writeMembers(Array.from({ length: 9 }, (_, n) => aMember(`user:brand-b/${n}`)));
    const { nextCursor } = await lists.listMembers('buyers', { limit: 2 }, 'brand-b');
    const page = { limit: 2, cursor: nextCursor as string };
    await expect(lists.listMembers('buyers', page, 'brand-c')).rejects.toThrow(CursorError);
    await expect(lists.listMembers('buyers', page)).rejects.toThrow(CursorError);
  });

  test('the last page says that it is the last, also when it is full', async () => {
    const { lists } = await withMembers(10);
    expect((await lists.listMembers('buyers', { limit: 10 })).nextCursor).toBeNull();
    expect((await lists.listMembers('buyers', { limit: 9 })).nextCursor).not.toBeNull();
    expect(await lists.listMembers('nobody', { limit: 9 })).toEqual({ items: [], nextCursor: null });
  });

  test('who enters or leaves between two pages shifts nobody else', async () => {
    const { lists, store } = await withMembers(200);
    const first = await lists.listMembers('buyers', { limit: 100 });
    await store.writeMembers([
      ...first.items.slice(0, 50).map(({ key }) => aMember(key, { n: 2, hasLeft: true })),
      ...Array.from({ length: 50 }, (_, n) => aMember(`user:new-${n}`)),
    ]);
    const rest: string[] = [];
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const page = await lists.listMembers('buyers', { limit: 30, cursor });
      rest.push(...page.items.map(({ key }) => key));
      cursor = page.nextCursor;
    }
    const stayed = [...first.items.map(({ key }) => key), ...rest].filter((key) => !key.includes('new'));
    expect(stayed.sort()).toEqual(Array.from({ length: 200 }, (_, n) => `user:${n}`).sort());
  });

  test('many who have left do not make a request long: the page is short and goes on', async () => {
    const { lists, table } = await withMembers(3, 1_000);
    let pages = 0;
    const keys: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const before = table.calls;
      const page = await lists.listMembers('buyers', { limit: 2, cursor });
      expect(table.calls - before).toBeLessThan(350);
      pages += 1;
      keys.push(...page.items.map(({ key }) => key));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(keys.sort()).toEqual(['user:0', 'user:1', 'user:2']);
    expect(pages).toBeGreaterThan(1);
  });

  test.each([
    ['of another segment', async (cursor: string) => ['readers', cursor] as const],
    ['that was changed', async (cursor: string) => ['buyers', `${cursor.slice(0, -2)}AA`] as const],
    ['that is none', async () => ['buyers', 'x'] as const],
    ['that is empty', async () => ['buyers', ''] as const],
  ])('refuses a cursor %s', async (_, change) => {
    const { lists } = await withMembers(10);
    const { nextCursor } = await lists.listMembers('buyers', { limit: 3 });
    const [segmentId, cursor] = await change(nextCursor ?? '');
    await expect(lists.listMembers(segmentId, { limit: 3, cursor })).rejects.toThrow(CursorError);
  });
});

describe('lists of transitions', () => {
  test('the newest first, page by page', async () => {
    const { lists, store } = anAudienceTable();
    const all = Array.from({ length: 60 }, (_, n) => aTransition({ n: n + 1, to: n % 2 === 0 ? 'entered' : 'exited' }));
    await store.writeTransitions([...all, aTransition({ key: 'user:bob' })]);
    const { profileId } = aTransition();
    const found = [];
    for (let cursor: string | undefined; ; ) {
      const page = await lists.listTransitions(profileId, { limit: 20, cursor });
      found.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(found).toEqual(all.toReversed());
    expect(await lists.listTransitions('p_unknown', { limit: 20 })).toEqual({ items: [], nextCursor: null });
  });

  test('refuses the cursor of somebody else', async () => {
    const { lists, store } = anAudienceTable();
    await store.writeTransitions([1, 2, 3].map((n) => aTransition({ n })));
    const { nextCursor } = await lists.listTransitions(aTransition().profileId, { limit: 2 });
    const cursor = nextCursor ?? '';
    await expect(lists.listTransitions('p_other', { limit: 2, cursor })).rejects.toThrow(CursorError);
  });
});

test('transitions are heard of when all of them are listed, however they were cut', async () => {
  const cut = fc.record({ from: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 1, max: 40 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(cut, { maxLength: 4 }), cut, async (written, { from, length }) => {
      const { store, table } = anAudienceTable();
      const run = (first: number, count: number) =>
        Array.from({ length: count }, (_, at) => aTransition({ n: first + at }));
      for (const each of written) await store.writeTransitions(run(each.from, each.length));
      const listed = new Set(written.flatMap((each) => run(each.from, each.length).map(({ n }) => n)));
      const asked = run(from, length);
      const haveHeard = createHaveHeard(table.client, 'audience', () => aTransition().at);
      expect(await haveHeard(asked)).toBe(asked.every(({ n }) => listed.has(n)));
    }),
  );
});

test('what is older than lists go back counts as heard, and what they may hold does not', async () => {
  const { table } = anAudienceTable();
  const { at } = aTransition();
  const listed = 400 * 86_400_000;
  expect(await createHaveHeard(table.client, 'audience', () => at + listed)([aTransition()])).toBe(true);
  expect(await createHaveHeard(table.client, 'audience', () => at + listed - 1)([aTransition()])).toBe(false);
});

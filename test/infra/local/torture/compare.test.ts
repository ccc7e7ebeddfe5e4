import { expect, test } from 'vitest';
import { compareLake, type Query } from '../../../../infra/local/torture/compare-lake.ts';
import { compareTransitions } from '../../../../infra/local/torture/compare-transitions.ts';
import { Comparison } from '../../../../infra/local/torture/difference.ts';
import { Bookkeeper } from '../../../../infra/local/torture/ledger.ts';

const books = new Bookkeeper();
const timestamp = '2026-01-01T00:00:00.000Z';
for (const id of ['m-1', 'm-2']) {
  books.add({ id, body: { type: 'track', event: 'Product Viewed', userId: 'ada', timestamp } }, 0);
}
books.add({ id: 'bad', body: {}, fails: 'unknown_type' }, 0);
const ledger = books.ledger();
const copies = new Map([
  ['m-1', 2],
  ['m-2', 1],
  ['bad', 1],
]);
const stream = { copies, unreadable: new Set<string>() };

const event = (id: string) => [id, 'user:ada', 'user:ada', 'Product Viewed'];
const right = {
  events: [event('m-1'), event('m-2')],
  failed_events: [['bad', 'unknown_type']],
  raw: [
    ['m-1', '2'],
    ['m-2', '1'],
    ['bad', '1'],
  ],
  orders: [] as string[][],
};

async function* oneByOne<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

async function inLake(tables: Partial<typeof right>): Promise<string[]> {
  const rows: Record<string, string[][]> = { ...right, ...tables };
  const query: Query = (sql) => oneByOne(rows[/FROM (\w+)/.exec(sql)?.[1] ?? ''] ?? []);
  const comparison = new Comparison();
  await compareLake(ledger, stream, query, comparison);
  return comparison.differences.map(({ what, id }) => `${what}: ${id}`);
}

test('a lake that is as it should be differs in nothing', async () => {
  expect(await inLake({})).toEqual([]);
});

test.each([
  ['an event that is lost', { events: [event('m-1')] }, ['an event is lost in the lake: m-2']],
  [
    'an event that counts twice',
    { events: [...right.events, event('m-2')] },
    ['an event counts twice in the lake: m-2'],
  ],
  ['an event of nobody', { events: [...right.events, event('m-3')] }, ['an event that was never sent: m-3']],
  [
    'an event of another person',
    { events: [event('m-1'), ['m-2', 'user:ada', 'user:bob', 'Product Viewed']] },
    ['event: m-2'],
  ],
  ['a failed event that is lost', { failed_events: [] }, ['a failed event is lost: bad']],
  [
    'a copy that is lost',
    {
      raw: [
        ['m-1', '1'],
        ['m-2', '1'],
        ['bad', '1'],
      ],
    },
    ['copies of an event as received: m-1'],
  ],
  ['money of nobody', { orders: [['EUR', '1', '10', '0']] }, ['currencies of orders: undefined']],
])('%s is told by its id', async (_, tables, told) => {
  expect(await inLake(tables)).toEqual(told);
});

type Row = [id: string, profile: string, person: string, n: string, at: string, segment: string, to: string];
const entered: Row = ['p-1', 'p', 'user:ada', '1', '1970-01-01 00:00:00.010', 'built-in', 'entered'];
const exited: Row = ['p-2', 'p', 'user:ada', '2', '1970-01-01 00:00:00.010', 'built-in', 'exited'];

async function ofTransitions(rows: readonly Row[], members: string[][]): Promise<string[]> {
  const comparison = new Comparison();
  const query: Query = (sql) => oneByOne(sql.includes('FROM transitions') ? rows : members);
  const ask = async <Body>(_method: string, path: string) =>
    (path.includes('/members') ? { items: [], nextCursor: null } : { count: 0 }) as Body;
  const queued = rows.map(([id, profileId, , n]) => ({ id, profileId, n: Number(n) }));
  await compareTransitions(ledger, query, ask, queued, comparison);
  return comparison.differences.map(({ what, id }) => `${what}: ${id}`);
}

test('transitions that alternate and members that follow from them differ in nothing', async () => {
  expect(await ofTransitions([entered, exited], [])).toEqual([]);
  expect(await ofTransitions([entered], [['built-in', 'user:ada']])).toEqual([]);
});

test('a transition that is lost, that comes twice or does not follow is told', async () => {
  expect(await ofTransitions([exited], [])).toEqual(['number of a transition: p-2', 'what follows in a segment: p-2']);
  const later: Row = ['p-4', 'p', 'user:ada', '4', '1970-01-01 00:00:00.500', 'built-in', 'entered'];
  expect(await ofTransitions([entered, exited, later], [['built-in', 'user:ada']])).toEqual([
    'number of a transition: p-4',
  ]);
  expect(await ofTransitions([entered, entered, exited], [])).toContain('a transition counts twice: p-1');
  expect(await ofTransitions([entered, exited], [['built-in', 'user:ada']])).toHaveLength(1);
});

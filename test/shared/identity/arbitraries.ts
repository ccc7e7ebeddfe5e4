import fc from 'fast-check';
import type { PartReport } from '../../../schemas/identity.ts';
import type { Key, LinkRecord, UnlinkRecord } from '../../../schemas/stream/control.ts';
import { mayLink } from '../../../shared/identity/keys.ts';
import type { PartChange, WorldProps } from './a-world.ts';

const users = ['user:a', 'user:b', 'user:c', 'user:d', 'user:e'];
const externals = ['email:a', 'phone:b', 'loyalty:c'];
const anonymous = ['anonymous:a', 'anonymous:x', 'anonymous:y', 'anonymous:z'];

const pairOf = (children: readonly Key[], parents: readonly Key[]) =>
  fc
    .tuple(fc.constantFrom(...children), fc.constantFrom(...parents))
    .filter(([child, parent]) => mayLink(child, parent));

/** Half of all pairs are aliases, so that rings are common. */
const pair = fc.oneof(pairOf(users, users), pairOf([...externals, ...anonymous], [...users, ...externals]));

export const aLinkOf = (child: Key, parent: Key, time: number, messageId = `m${time}`): LinkRecord => ({
  v: 1,
  kind: 'link',
  child,
  parent,
  link: { time, messageId, sourceId: 'local', event: 'Identify', why: 'identify' },
});

export const aSplitOf = (child: Key, parent: Key, time = 0): UnlinkRecord => ({
  v: 1,
  kind: 'unlink',
  child,
  parent,
  reason: 'split',
  requestId: `r${time}`,
  time,
});

/** Few times and message ids, so that ties are common. */
export const links = fc.array(
  fc
    .tuple(pair, fc.integer({ min: 1, max: 12 }), fc.constantFrom('m1', 'm2', 'm3'))
    .map(([[child, parent], time, messageId]) => aLinkOf(child, parent, time, messageId)),
  { maxLength: 14 },
);

const manyUsers = [...'abcdefghij'].map((id): Key => `user:${id}`);
const ring = manyUsers.map((user, at) =>
  aLinkOf(user, manyUsers[(at + 1) % manyUsers.length] as Key, 10 + ((at * 7) % 10)),
);

/** Aliases among ten users, mostly with a ring of all ten of them. */
export const aliases = fc
  .tuple(
    fc.constantFrom(0, 9, 10, 10),
    fc.array(
      fc
        .tuple(pairOf(manyUsers, manyUsers), fc.integer({ min: 1, max: 25 }))
        .map(([[child, parent], time]) => aLinkOf(child, parent, time)),
      { minLength: 1, maxLength: 10 },
    ),
  )
  .map(([length, others]) => [...ring.slice(0, length), ...others]);

export const splits = fc.array(
  fc.tuple(pair, fc.nat(5)).map(([[child, parent], time]) => aSplitOf(child, parent, time)),
  { maxLength: 3 },
);

export const changes: fc.Arbitrary<PartChange[]> = fc.array(
  fc.constantFrom(...users, ...anonymous).map((key) => ({ kind: 'change', key })),
  { maxLength: 8 },
);

export const worldProps: fc.Arbitrary<WorldProps> = fc.record({
  seed: fc.integer(),
  shards: fc.integer({ min: 1, max: 5 }),
  crashRate: fc.constantFrom(0, 30, 150),
  crashes: fc.nat(25),
  resends: fc.nat(4),
  homesKeepNews: fc.boolean(),
});

/** What a child without children says to its parent, or, without keys, that it has left. */
export function aReportOf(to: Key, child: Key, over: Partial<PartReport> = {}): PartReport {
  const hasLeft = over.keys?.length === 0;
  return {
    v: 1,
    kind: 'part',
    to,
    child,
    moves: 1,
    changes: 1,
    keys: [child],
    above: hasLeft ? [] : [-1],
    times: hasLeft ? [] : [1],
    path: [],
    cause: { type: 'merge', time: 1 },
    ...over,
  };
}

import type { Key, LinkRecord, UnlinkRecord } from '../../../schemas/stream/control.ts';

/** Whose each key is, told straight from all links and splits at once: what the protocol must arrive at. */
export interface Resolved {
  readonly parents: ReadonlyMap<Key, Key | undefined>;
  /** All keys of each person, sorted, by home. */
  readonly people: ReadonlyMap<Key, readonly Key[]>;
}

type Fact = LinkRecord | UnlinkRecord;
type Edge = { readonly child: Key; readonly parent: Key; readonly time: number };

const rank = (key: Key) => (key.startsWith('user:') ? 0 : 1);

/** Written apart from the code that it checks: every key follows its best link, and each ring is cut at its earliest. */
export function resolve(facts: readonly Fact[], others: Iterable<Key> = []): Resolved {
  const links = facts.filter((fact) => fact.kind === 'link');
  const blocked = new Set(facts.flatMap((fact) => (fact.kind === 'unlink' ? [`${fact.child}>${fact.parent}`] : [])));
  const keys = new Set([...others, ...facts.map(({ child }) => child), ...links.map(({ parent }) => parent)]);
  const followed = new Map<Key, Edge>();
  for (const child of keys) {
    const own = links.filter((link) => link.child === child && !blocked.has(`${child}>${link.parent}`));
    const best = own.reduce<LinkRecord | undefined>(
      (one, other) => (one && isBefore(one, other) ? one : other),
      undefined,
    );
    if (best) followed.set(child, { child, parent: best.parent, time: best.link.time });
  }
  for (const child of keys) cutRing(followed, child);
  const parents = new Map([...keys].map((key) => [key, followed.get(key)?.parent]));
  const people = new Map<Key, Key[]>();
  for (const key of [...keys].sort()) {
    let home = key;
    for (let up = parents.get(home); up !== undefined; up = parents.get(home)) home = up;
    people.set(home, [...(people.get(home) ?? []), key]);
  }
  return { parents, people };
}

function isBefore(one: LinkRecord, other: LinkRecord): boolean {
  const sign = one.child.startsWith('user:') ? -1 : 1;
  const order = [
    rank(one.parent) - rank(other.parent),
    sign * (one.link.time - other.link.time),
    sign * (one.link.messageId < other.link.messageId ? -1 : Number(one.link.messageId > other.link.messageId)),
    one.parent < other.parent ? -1 : 1,
  ];
  return (order.find((difference) => difference !== 0) ?? 0) < 0;
}

function cutRing(followed: Map<Key, Edge>, from: Key): void {
  const way: Edge[] = [];
  for (let edge = followed.get(from); edge !== undefined; edge = followed.get(edge.parent)) {
    const start = way.findIndex(({ child }) => child === edge.child);
    if (start >= 0) {
      const [earliest] = way.slice(start).sort((a, b) => a.time - b.time || (a.child < b.child ? -1 : 1));
      if (earliest) followed.delete(earliest.child);
      return;
    }
    way.push(edge);
  }
}

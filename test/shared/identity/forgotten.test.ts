import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IdentityNode } from '../../../schemas/identity.ts';
import type { IdentityChange, Key } from '../../../schemas/stream/control.ts';
import { emptyNode, type IdentityRecord, receive } from '../../../shared/identity/receive.ts';
import { keysOf } from '../../../shared/identity/subtree.ts';
import { aLinkOf, aSplitOf } from './arbitraries.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const users: Key[] = ['user:a', 'user:b', 'user:c'];
const children: Key[] = ['anonymous:x', 'user:m'];

/** A key, whoever it tells that it came or left, and the lake. */
class Life {
  node = emptyNode;
  readonly parents = new Map<Key, IdentityNode>();
  readonly lake: IdentityChange[] = [];
  told = new Set<Key>();
  readonly #key: Key;

  constructor(key: Key) {
    this.#key = key;
  }

  take(record: IdentityRecord, arrivedAt: number): void {
    const step = receive(this.node, this.#key, record, arrivedAt);
    this.node = step.node;
    if (step.moved !== undefined) this.lake.push(step.moved);
    for (const report of step.out) {
      if (report.kind !== 'part') continue;
      this.told.add(report.to);
      this.parents.set(report.to, receive(this.parents.get(report.to) ?? emptyNode, report.to, report, arrivedAt).node);
    }
  }

  forget(): void {
    this.node = emptyNode;
    this.told = new Set();
  }

  /** Those told since it was forgotten who count it as theirs. */
  get heldBy(): Key[] {
    const holds = (parent: Key) => keysOf(this.parents.get(parent) ?? emptyNode, parent).includes(this.#key);
    return [...this.told].filter(holds);
  }
}

const recordOf = fc.tuple(fc.boolean(), fc.constantFrom(...users), fc.integer({ min: 1, max: 9 })).map(
  ([isLink, parent, time]) =>
    (child: Key) =>
      isLink ? aLinkOf(child, parent, time) : aSplitOf(child, parent, time),
);
const history = fc.array(fc.tuple(recordOf, fc.nat(3)), { minLength: 1, maxLength: 12 });

test('who was forgotten altogether and comes back is heard by all who remember when it left, and by the lake', () => {
  fc.assert(
    fc.property(fc.constantFrom(...children), history, history, (key, before, after) => {
      const life = new Life(key);
      let now = 100 * MINUTE_MS;
      for (const { records, passes } of [
        { records: before, passes: 0 },
        { records: after, passes: DAY_MS },
      ]) {
        life.forget();
        now += passes * MINUTE_MS;
        for (const [record, later] of records) {
          now += later * MINUTE_MS;
          life.take(record(key), now);
        }
      }

      const { parent } = life.node;
      expect(life.heldBy).toEqual(parent === undefined ? [] : [parent]);
      if (life.told.size === 0) return;
      const latest = life.lake.reduce((one, other) => (other.moves > one.moves ? other : one));
      expect(latest.parentKey).toBe(parent ?? null);
    }),
    { numRuns: 1000 },
  );
});

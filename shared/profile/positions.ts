import type { Position } from '../../schemas/profile.ts';
import { limits } from './limits.ts';

/** Whether `a` lies at or before `b` in the same shard. Sequence numbers are decimal and too long for numbers. */
export function isAtOrBefore(a: Position, b: Position): boolean {
  const order = compareSequence(a.sequenceNumber, b.sequenceNumber);
  return order === 0 ? a.index <= b.index : order < 0;
}

/** Order of two sequence numbers of one shard: below zero, zero or above. */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Whether the event at `next` was applied: its shard has come as far, or farther. */
export function isApplied(positions: readonly Position[], next: Position): boolean {
  const last = positions.findLast(({ shardId }) => shardId === next.shardId);
  return last !== undefined && isAtOrBefore(next, last);
}

/** Notes that `next` was applied, and forgets the shard that was silent longest past `limits.shards`. */
export function advance(positions: Position[], next: Position): void {
  const last = positions.length - 1;
  if (positions[last]?.shardId === next.shardId) {
    positions[last] = next;
    return;
  }
  const known = positions.findIndex(({ shardId }) => shardId === next.shardId);
  if (known >= 0) positions.splice(known, 1);
  positions.push(next);
  if (positions.length > limits.shards) positions.shift();
}

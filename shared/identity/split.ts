import type { Key, UnlinkRecord } from '../../schemas/stream/control.ts';
import { compareTexts, mayLink } from './keys.ts';

/** Who asked for a split, and when. */
export interface SplitRequest {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * The records that take some keys out of a person for good: no key taken out may belong to one that stays, nor the other
 * way, by the links there are or by ones that come later. What hangs together among the keys taken out stays together.
 * `keys` are all keys of the person.
 */
export function splitRecords(keys: Iterable<Key>, out: ReadonlySet<Key>, request: SplitRequest): UnlinkRecord[] {
  const all = [...new Set(keys)].sort(compareTexts);
  const leaving = all.filter((key) => out.has(key));
  const staying = all.filter((key) => !out.has(key));
  const pairs = leaving.flatMap((one) =>
    staying.flatMap((other): [Key, Key][] => [
      [one, other],
      [other, one],
    ]),
  );
  return pairs
    .filter(([child, parent]) => mayLink(child, parent))
    .map(([child, parent]) => ({ v: 1, kind: 'unlink', child, parent, reason: 'split', ...request }));
}

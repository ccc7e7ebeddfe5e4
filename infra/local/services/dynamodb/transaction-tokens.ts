import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { Change, ItemLevel } from './item-history.ts';

/** So long a transaction is known by its token. */
const KNOWN_MS = 600_000;
const prefix = 'transaction-token~';

interface Known {
  /** When it was done, in milliseconds since 1970. */
  readonly at: number;
  readonly digest: string;
}

/** Transactions that were done within the last ten minutes, or are under way, by the token that their caller gave them. */
export interface TransactionTokens {
  /**
   * Begins a transaction, unless this very one was done. Throws `IdempotentParameterMismatchException` when the token was
   * another's, and `TransactionInProgressException` when it is under way.
   */
  begin(token: string, digest: string, now: number): 'begun' | 'done';
  /** What is written together with the changes of the transaction. */
  changes(token: string, now: number): Change[];
  /** Ends it: done at that time, or not done. */
  end(token: string, doneAt?: number): void;
}

/** Knows tokens again that a former process wrote. */
export async function knowTokens(level: Pick<ItemLevel, 'iterator'>): Promise<TransactionTokens> {
  const done = new Map<string, Known>();
  const underWay = new Map<string, string>();
  for await (const [key, known] of level.iterator({ gte: prefix, lt: `${prefix}\u00ff` })) {
    done.set(key.slice(prefix.length), known as Known);
  }
  const isKnown = ({ at }: Known, now: number) => now < at + KNOWN_MS;
  return {
    begin: (token, digest, now) => {
      const before = done.get(token);
      const isDone = before !== undefined && isKnown(before, now);
      const same = underWay.get(token) ?? (isDone ? before.digest : digest);
      if (same !== digest) {
        const message = 'The request uses the same client token as a previous, but non-identical request';
        throw new AwsError('IdempotentParameterMismatchException', message);
      }
      if (underWay.has(token)) {
        const message = 'The transaction with the given request token is already in progress';
        throw new AwsError('TransactionInProgressException', message);
      }
      if (isDone) return 'done';
      underWay.set(token, digest);
      return 'begun';
    },
    changes: (token, now) => {
      const old = [...done].filter(([name, known]) => name !== token && !isKnown(known, now));
      for (const [name] of old) done.delete(name);
      return [
        ...old.map(([name]): Change => ({ type: 'del', key: prefix + name })),
        { type: 'put', key: prefix + token, value: { at: now, digest: underWay.get(token) ?? '' } },
      ];
    },
    end: (token, doneAt) => {
      const digest = underWay.get(token) ?? '';
      underWay.delete(token);
      if (doneAt !== undefined) done.set(token, { at: doneAt, digest });
    },
  };
}

/** A short text for an input, the same however its fields are ordered. */
export function digestOf(input: object): string {
  const ordered = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(input, ordered)).digest('base64');
}

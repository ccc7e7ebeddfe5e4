import type { Runtime } from '../runtime.ts';
import type { MonthClock } from './month-clock.ts';

const MINUTE_MS = 60_000;

export interface Passing {
  readonly runtime: Runtime;
  readonly clock: MonthClock;
  /** Puts what is due on the stream. */
  readonly sweep: () => Promise<unknown>;
  /** What is due within so many milliseconds is swept at once. */
  readonly stepMs: number;
  /** Resolves when all that is on the stream was taken in. */
  readonly settle: () => Promise<void>;
}

/**
 * Lets time pass up to a moment: goes from one due time to the next, has what is due swept and taken in, and ends at that
 * moment. The minutes in between, in which a sweep finds nothing, are passed over: they cost the same in any month. `onTime`
 * is told each moment at which all is taken in.
 */
export async function passTime(
  { runtime, clock, stepMs, sweep, settle }: Passing,
  until: number,
  onTime: (at: number) => void,
): Promise<void> {
  const table = runtime.outputs.DueTable ?? '';
  for (let before = 0; ; ) {
    const next = await firstDue(runtime, table);
    if (next === undefined || next > until) break;
    if (next <= before) throw new Error('What was due was swept, and is still there.');
    before = next;
    await clock.moveTo(next + stepMs);
    await clock.seen();
    await aim(runtime, table, next);
    await sweep();
    await settle();
    onTime(Math.min(next + stepMs, until));
  }
  await clock.moveTo(until);
  await clock.seen();
  onTime(until);
}

/** When the first entry is due, in milliseconds since 1970. */
async function firstDue(runtime: Runtime, TableName: string): Promise<number | undefined> {
  let first = Number.POSITIVE_INFINITY;
  let from: object | undefined;
  do {
    const page: { Items: { due: { S: string } }[]; LastEvaluatedKey?: object } = await runtime.gateway.invoke(
      'tool',
      'dynamodb',
      'Scan',
      { TableName, ...(from && { ExclusiveStartKey: from }) },
    );
    for (const { due } of page.Items) first = Math.min(first, Number.parseInt(due.S, 10) || first);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return Number.isFinite(first) ? first : undefined;
}

/** Has the next sweep begin at a moment: it would look at each minute since the last one. */
async function aim(runtime: Runtime, TableName: string, at: number): Promise<void> {
  const minute = { N: String(Math.floor(at / MINUTE_MS)) };
  const Item = { bucket: { S: 'cursor' }, due: { S: 'cursor' }, sweptBefore: minute };
  await runtime.gateway.invoke('tool', 'dynamodb', 'PutItem', { TableName, Item });
}

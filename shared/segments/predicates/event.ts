import type { EventCondition, FrequencyCondition } from '../../../schemas/segment/definition.ts';
import { durationMs } from '../../../schemas/segment/duration.ts';
import { DAY_MS } from '../../profile/counters.ts';
import { rowsUntil } from '../rows.ts';
import { eventNeed, frequencyNeed, windowBounds } from '../track-needs.ts';
import type { Row } from '../tracks.ts';
import { measuredOf, VALUE } from './measure.ts';
import { type Moment, NEVER, type Predicate, rowsOf } from './predicate.ts';
import { type Span, type SpanAt, spanReader, windowPredicate } from './window.ts';

/** A measure over the events of a window. */
export function eventPredicate(condition: EventCondition): Predicate {
  const { id, selector, columns } = eventNeed(condition).track;
  const { pick, window } = condition;
  const lastMs = window?.last === undefined ? undefined : durationMs(window.last);
  const spanAt = spanReader(lastMs, windowBounds(window));
  const testColumn = columns.at(-1)?.of === 'test' ? VALUE + columns.length - 1 : undefined;
  const picked = (rows: readonly Row[], time: number): Span => {
    const present = rowsUntil(rows, time);
    const at = pick === 'first' ? 0 : present - 1;
    const { from, to } = spanAt(rows, time);
    const row = at < present ? rows[at] : undefined;
    const counts = row !== undefined && at >= from && at < to && (testColumn === undefined || row[testColumn] === 1);
    return counts ? { from: at, to: at + 1 } : { from: 0, to: 0 };
  };
  const { holds, saw } = measuredOf(condition);
  const predicate = windowPredicate(id, lastMs, pick === undefined ? spanAt : picked, holds, saw);
  const leastCount = condition.pick === undefined ? leastCountOf(condition) : undefined;
  const reads = { events: [selector.event].flat() };
  return leastCount === undefined
    ? { ...predicate, reads }
    : { ...predicate, reads, evaluate: countEvaluator(id, lastMs, spanAt, leastCount, predicate.evaluate) };
}

/** On at least some number of UTC days of the last so many: a count over rows that are days. */
export function frequencyPredicate(condition: FrequencyCondition): Predicate {
  const { id, selector } = frequencyNeed(condition).track;
  const lastMs = condition.of * DAY_MS;
  const spanAt = spanReader(lastMs, windowBounds(undefined));
  const holds = (_: readonly Row[], { from, to }: Span) => to - from >= condition.days;
  const predicate = windowPredicate(id, lastMs, spanAt, holds, (_, { from, to }) => to - from);
  const least = { count: condition.days, isNegated: false };
  return {
    ...predicate,
    reads: { events: [selector.event].flat() },
    evaluate: countEvaluator(id, lastMs, spanAt, least, predicate.evaluate),
  };
}

/** "At least count", or its opposite. */
interface LeastCount {
  readonly count: number;
  readonly isNegated: boolean;
}

function leastCountOf({ measure, op, value }: EventCondition): LeastCount | undefined {
  if (measure.of !== 'count' || typeof value !== 'number') return undefined;
  if (op === 'greaterOrEqual' || op === 'less') return { count: Math.ceil(value), isNegated: op === 'less' };
  if (op !== 'greater' && op !== 'lessOrEqual') return undefined;
  return { count: Math.floor(value) + 1, isNegated: op === 'lessOrEqual' };
}

/** Tells at once when a bare count flips: with no row to come, when the one leaves that makes it too few. */
function countEvaluator(
  trackId: string,
  lastMs: number | undefined,
  spanAt: SpanAt,
  { count, isNegated }: LeastCount,
  evaluateAny: Predicate['evaluate'],
): Predicate['evaluate'] {
  return (moment: Moment) => {
    const rows = rowsOf(moment, trackId);
    const last = rows[rows.length - 1];
    if (last !== undefined && last[0] > moment.asOf) return evaluateAny(moment);
    const { from, to } = spanAt(rows, moment.asOf);
    const isEnough = to - from >= count;
    const flips = isEnough && lastMs !== undefined && count > 0;
    moment.until = flips ? (rows[to - count] as Row)[0] + lastMs : NEVER;
    return isEnough !== isNegated;
  };
}

import { MONEY_SCALE } from '../../../schemas/event/vocabulary.ts';
import type { EventCondition } from '../../../schemas/segment/definition.ts';
import { tenThousandths } from '../event-values.ts';
import { eventNeed } from '../track-needs.ts';
import type { Row } from '../tracks.ts';
import { NEVER } from './predicate.ts';
import type { Span } from './window.ts';

/** Place of a row's first value, after time and row id. */
export const VALUE = 2;

/** What is measured of a span of rows, and how it compares. */
interface Measured {
  /** undefined where there is nothing to measure; money and other numbers in integers of 1/10,000. */
  measure(rows: readonly Row[], span: Span): number | undefined;
  holds(rows: readonly Row[], span: Span): boolean;
  saw(rows: readonly Row[], span: Span): unknown;
}

/** Makes a condition's measure and its comparison functions of rows. */
export function measuredOf(condition: EventCondition): Measured {
  const { of } = condition.measure;
  const compare = comparisonOf(condition);
  if (of === 'count' || of === 'distinct') {
    const measure = of === 'count' ? countOf : distinctOf;
    const kept = of === 'count' && condition.pick === undefined ? countKept(condition) : NEVER;
    return {
      measure,
      holds: (rows, span) => compare(measure(rows, span), 1),
      saw: (rows, span) => {
        const count = measure(rows, span);
        return count >= kept ? `${count} or more` : count;
      },
    };
  }
  const measure = of === 'sum' || of === 'average' ? sumOf : of === 'min' ? leastOf : greatestOf;
  const scaleOf = (rows: readonly Row[], span: Span) => (of === 'average' ? numbersIn(rows, span) : 1);
  return {
    measure,
    holds: (rows, span) => {
      const scale = scaleOf(rows, span);
      return compare(scale === 0 ? undefined : measure(rows, span), scale);
    },
    saw: (rows, span) => {
      const scale = scaleOf(rows, span);
      const value = measure(rows, span);
      return scale === 0 || value === undefined ? undefined : value / scale / MONEY_SCALE;
    },
  };
}

/** Rows that a track keeps for a count: of so many or more it cannot tell how many there are. */
function countKept(condition: EventCondition): number {
  return eventNeed(condition).keep[0]?.count ?? NEVER;
}

/** Compares a measure with the condition's value times `scale`. */
function comparisonOf({
  measure,
  op,
  value,
}: EventCondition): (measured: number | undefined, scale: number) => boolean {
  const isCount = measure.of === 'count' || measure.of === 'distinct';
  const bounds = [value].flat().map((bound) => (isCount ? bound : (tenThousandths(bound) as number)));
  const low = bounds[0] as number;
  const high = bounds[1] ?? low;
  switch (op) {
    case 'equals':
      return (measured, scale) => measured === low * scale;
    case 'notEquals':
      return (measured, scale) => measured !== low * scale;
    case 'less':
      return (measured, scale) => measured !== undefined && measured < low * scale;
    case 'lessOrEqual':
      return (measured, scale) => measured !== undefined && measured <= low * scale;
    case 'greater':
      return (measured, scale) => measured !== undefined && measured > low * scale;
    case 'greaterOrEqual':
      return (measured, scale) => measured !== undefined && measured >= low * scale;
    case 'between':
      return (measured, scale) => measured !== undefined && measured >= low * scale && measured <= high * scale;
  }
}

const countOf = (_: readonly Row[], { from, to }: Span): number => to - from;

function distinctOf(rows: readonly Row[], { from, to }: Span): number {
  const values = new Set<unknown>();
  for (let at = from; at < to; at += 1) values.add((rows[at] as Row)[VALUE] ?? null);
  values.delete(null);
  return values.size;
}

const numberAt = (rows: readonly Row[], at: number): number | undefined => {
  const value = (rows[at] as Row)[VALUE];
  return typeof value === 'number' ? value : undefined;
};

function numbersIn(rows: readonly Row[], { from, to }: Span): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (numberAt(rows, at) !== undefined) count += 1;
  return count;
}

function sumOf(rows: readonly Row[], { from, to }: Span): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += numberAt(rows, at) ?? 0;
  return sum;
}

function leastOf(rows: readonly Row[], { from, to }: Span): number | undefined {
  let least: number | undefined;
  for (let at = from; at < to; at += 1) {
    const number = numberAt(rows, at);
    if (number !== undefined && (least === undefined || number < least)) least = number;
  }
  return least;
}

function greatestOf(rows: readonly Row[], { from, to }: Span): number | undefined {
  let greatest: number | undefined;
  for (let at = from; at < to; at += 1) {
    const number = numberAt(rows, at);
    if (number !== undefined && (greatest === undefined || number > greatest)) greatest = number;
  }
  return greatest;
}

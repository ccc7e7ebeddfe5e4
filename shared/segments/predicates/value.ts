import type { ComputedCondition, TraitCondition, ValueTest } from '../../../schemas/segment/definition.ts';
import { valueAt } from '../event-values.ts';
import { compileTest, compileTimedTest, instantOf, isTimed } from '../value-tests.ts';
import { computedValue, instantNames } from './computed-values.ts';
import { isoOf, type Moment, NEVER, type Predicate, type Reads } from './predicate.ts';

/** A test of a trait's latest value. */
export function traitPredicate(condition: TraitCondition): Predicate {
  const path = condition.name.split('.');
  const name = path[0] as string;
  const read =
    path.length === 1
      ? ({ person }: Moment) => person.profile.traits.get(name)?.value
      : ({ person }: Moment) => valueAt(person.profile.traits.get(name)?.value, path, 1);
  return valuePredicate(condition, { trait: name }, `trait ${condition.name}`, read, instantOf);
}

/** A test of a value computed over all events. */
export function computedPredicate(condition: ComputedCondition): Predicate {
  const { read, reads } = computedValue(condition);
  const source = `computed ${condition.name} ${condition.name === 'netRevenue' ? condition.currency : ''}`;
  if (!instantNames.has(condition.name)) return valuePredicate(condition, reads, source, read, instantOf);
  const predicate = valuePredicate(
    condition,
    reads,
    source,
    read,
    (time) => (time as number | undefined) ?? Number.NaN,
  );
  const saw = (moment: Moment) => {
    const time = read(moment) as number | undefined;
    return time === undefined ? null : isoOf(time);
  };
  return { ...predicate, saw };
}

function valuePredicate(
  test: ValueTest,
  reads: Reads,
  source: string,
  read: (moment: Moment) => unknown,
  toInstant: (value: unknown) => number,
): Predicate {
  const saw = (moment: Moment) => read(moment) ?? null;
  if (!isTimed(test)) {
    const holds = compileTest(test, toInstant);
    return { reads, isTimed: false, tested: { source, read, holds }, evaluate: (moment) => holds(read(moment)), saw };
  }
  const judge = compileTimedTest(test);
  const evaluate = (moment: Moment) => {
    const instant = toInstant(read(moment));
    if (Number.isNaN(instant)) {
      moment.until = NEVER;
      return false;
    }
    const { verdict, until } = judge(instant, moment.asOf);
    moment.until = until;
    return verdict;
  };
  return { reads, isTimed: true, evaluate, saw };
}

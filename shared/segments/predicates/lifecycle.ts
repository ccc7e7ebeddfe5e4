import type { LifecycleStage } from '../../../schemas/segment/defaults.ts';
import type { LifecycleCondition } from '../../../schemas/segment/definition.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import { rowsUntil } from '../rows.ts';
import { lifecycleNeed } from '../track-needs.ts';
import type { Row } from '../tracks.ts';
import { type Moment, NEVER, type Predicate, rowsOf } from './predicate.ts';

type StageDays = LifecycleCondition['days'];

/** A person's stage, and the moment from which it may be another if nothing happens. */
interface Found {
  readonly stage: LifecycleStage | undefined;
  readonly until: number;
}
export type StageFinder = (moment: Moment) => Found;

/** In one of some stages. Conditions with the same setting of days share a `StageFinder`. */
export function lifecyclePredicate(condition: LifecycleCondition, find: StageFinder): Predicate {
  const stages = new Set<LifecycleStage | undefined>(condition.in);
  return {
    reads: { events: ['*'] },
    isTimed: true,
    evaluate: (moment) => {
      const { stage, until } = find(moment);
      moment.until = until;
      return stages.has(stage);
    },
    saw: (moment) => find(moment).stage ?? null,
  };
}

/** Finds a person's stage, once for each moment. */
export function stageFinder(condition: LifecycleCondition): StageFinder {
  const { id } = lifecycleNeed(condition).track;
  let seen: Moment | undefined;
  let found: Found = { stage: undefined, until: NEVER };
  return (moment) => {
    if (moment === seen) return found;
    seen = moment;
    const { firstAt } = moment.person.profile.orders;
    found = findStage(rowsOf(moment, id), firstAt === 0 ? NEVER : dayOf(firstAt), moment.asOf, condition.days);
    return found;
  };
}

function findStage(rows: readonly Row[], firstOrder: number, asOf: number, days: StageDays): Found {
  const today = dayOf(asOf);
  const present = rowsUntil(rows, asOf);
  const nextDay = rows[present]?.[0] ?? NEVER;
  if (present === 0) return { stage: undefined, until: nextDay };
  const dayAt = (at: number) => dayOf((rows[at] as Row)[0]);
  const first = dayAt(0);
  const last = dayAt(present - 1);
  let returned = Number.NEGATIVE_INFINITY;
  for (let at = present - 1; at > 0 && today - dayAt(at) <= days.returned; at -= 1) {
    if (dayAt(at) - dayAt(at - 1) <= days.lapsed) continue;
    returned = dayAt(at);
    break;
  }

  const stageOn = (day: number): LifecycleStage => {
    if (day - last > days.lapsed) return 'lapsed';
    if (day - last > days.active) return 'atRisk';
    if (day - returned <= days.returned) return 'returned';
    if (firstOrder <= day && day - firstOrder <= days.activated) return 'activated';
    return day - first <= days.new ? 'new' : 'active';
  };
  const stage = stageOn(today);
  const changes = [
    last + days.active + 1,
    last + days.lapsed + 1,
    returned + days.returned + 1,
    firstOrder,
    firstOrder + days.activated + 1,
    first + days.new + 1,
  ].filter((day) => day > today && day !== NEVER && stageOn(day) !== stage);
  return { stage, until: Math.min(nextDay, Math.min(...changes) * DAY_MS) };
}

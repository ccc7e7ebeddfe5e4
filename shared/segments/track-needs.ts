import type {
  EventCondition,
  FrequencyCondition,
  LeafCondition,
  LifecycleCondition,
  NotFollowedCondition,
  SequenceCondition,
  TagRule,
  Window,
} from '../../schemas/segment/definition.ts';
import { durationMs } from '../../schemas/segment/duration.ts';
import { parseInstant } from '../../schemas/segment/instant.ts';
import { DAY_MS } from '../profile/counters.ts';
import { type KeepRule, type Track, type TrackColumn, trackOf } from './tracks.ts';

/** A track that a condition reads, and the rows that it needs of it. */
export interface TrackNeed {
  readonly track: Track;
  readonly keep: readonly KeepRule[];
}

/** The tracks that a condition reads, in the order in which its predicate expects them. */
export function trackNeedsOf(condition: LeafCondition): readonly TrackNeed[] {
  switch (condition.type) {
    case 'event':
      return [eventNeed(condition)];
    case 'sequence':
      return sequenceNeeds(condition);
    case 'notFollowed':
      return notFollowedNeeds(condition);
    case 'frequency':
      return [frequencyNeed(condition)];
    case 'lifecycle':
      return [lifecycleNeed(condition)];
    default:
      return [];
  }
}

/** Days with a selected event: those of the last so many. */
export function frequencyNeed({ event, of }: FrequencyCondition): TrackNeed {
  return { track: trackOf(event, [], 'day'), keep: [{ take: 'latest', lastMs: of * DAY_MS }] };
}

/** Days with any event: the first, those that may end a return, and the last before these. */
export function lifecycleNeed({ days }: LifecycleCondition): TrackNeed {
  const windowMs = (days.returned + 1) * DAY_MS;
  return {
    track: trackOf({ event: '*' }, [], 'day'),
    keep: [
      { take: 'earliest', count: 1 },
      { take: 'latest', lastMs: windowMs },
      { take: 'latest', count: 1, olderThanMs: windowMs },
    ],
  };
}

/** The track of a rule that tags: a row's one value is the tag. */
export function tagNeed({ event, by, last }: TagRule): TrackNeed {
  const track = trackOf(event, [{ of: 'text', field: by }], 'event');
  return { track, keep: [{ take: 'latest', lastMs: durationMs(last) }] };
}

/** Columns: the measured value if there is one, then with `pick` whether `where` holds. */
export function eventNeed({ event, where, pick, window, measure, value }: EventCondition): TrackNeed {
  const columns: TrackColumn[] = [];
  if (measure.of !== 'count') {
    const { field, property } = measure;
    const source = field === undefined ? { property } : { field };
    columns.push({ of: measure.of === 'distinct' ? 'distinct' : 'number', ...source });
  }
  if (pick !== undefined) {
    if (where !== undefined && where.length > 0) columns.push({ of: 'test', where });
    const keep: KeepRule[] = [{ take: pick === 'first' ? 'earliest' : 'latest', count: 1 }];
    return { track: trackOf({ event }, columns, 'event'), keep };
  }
  const isCount = measure.of === 'count';
  // One more than the greatest count that matters tells every verdict.
  const count = isCount ? { count: Math.floor(Math.max(...[value].flat())) + 1 } : {};
  return {
    track: trackOf({ event, ...(where !== undefined && { where }) }, columns, 'event'),
    keep: [{ take: 'latest', ...count, ...within(window) }],
  };
}

export function sequenceNeeds({ steps, within: between, window }: SequenceCondition): readonly TrackNeed[] {
  return steps.map((step, at) => ({
    track: trackOf(step, [], 'event'),
    keep: [{ take: 'latest', ...within(window, at * durationMs(between)) }],
  }));
}

export function notFollowedNeeds(condition: NotFollowedCondition): readonly [TrackNeed, TrackNeed] {
  const { event, by, window } = condition;
  return [
    { track: trackOf(event, [], 'event'), keep: [{ take: 'latest', ...within(window) }] },
    { track: trackOf(by, [], 'event'), keep: [{ take: 'latest', ...within(window, durationMs(condition.within)) }] },
  ];
}

/** The times of a window, which for what follows on its events ends later. */
function within(window: Window | undefined, laterMs = 0): Pick<KeepRule, 'lastMs' | 'since' | 'until'> {
  if (window === undefined) return {};
  if (window.last !== undefined) return { lastMs: durationMs(window.last) };
  const { since, until } = windowBounds(window);
  return { since, ...(until !== Number.POSITIVE_INFINITY && { until: until + laterMs }) };
}

/** [since, until) of a fixed window in milliseconds since 1970, unbounded where it says nothing. */
export function windowBounds(window: Window | undefined): { since: number; until: number } {
  const { since, until } = window ?? {};
  return {
    since: since === undefined ? Number.NEGATIVE_INFINITY : (parseInstant(since) ?? Number.NaN),
    until: until === undefined ? Number.POSITIVE_INFINITY : (parseInstant(until) ?? Number.NaN),
  };
}

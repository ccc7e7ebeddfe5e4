import type { Duration, NotFollowedCondition, SequenceCondition } from '../../../schemas/segment/definition.ts';
import { durationMs } from '../../../schemas/segment/duration.ts';
import type { PersonQuery } from './person-query.ts';
import { timestamp } from './quote.ts';
import { selection, windowTests } from './selection.ts';

/** Events of each step, each later than the one before and at most `within` after it. */
export function sequenceCondition(query: PersonQuery, { steps, within, window }: SequenceCondition): string {
  const [first, ...next] = steps.map((step) => selection(query, step));
  const start = [first, ...windowTests(query, window)].join(' AND ');
  const frame = `RANGE BETWEEN ${interval(within)} PRECEDING AND ${oneMillisecond} PRECEDING`;
  const end = next.reduce((before, step, at) => {
    const reached = [step, ...windowTests(query, undefined), `${countInFrame(before, frame)} > 0`].join(' AND ');
    return query.chains[at]?.add(reached, 'ends', `chain_of_${at + 2}`) ?? before;
  }, start);
  return query.people.add(`bool_or(${end})`, 'has_sequence');
}

/** Some event that `by` did not follow in time. */
export function notFollowedCondition(query: PersonQuery, { event, by, within, window }: NotFollowedCondition): string {
  const follows = selection(query, by);
  const isOver = `event_time <= ${timestamp(query.asOf - durationMs(within))}`;
  const start = [selection(query, event), isOver, ...windowTests(query, window)].join(' AND ');
  const frame = `RANGE BETWEEN ${oneMillisecond} FOLLOWING AND ${interval(within)} FOLLOWING`;
  const alone = query.chains[0].add(`${start} AND ${countInFrame(follows, frame)} = 0`, 'stays_alone');
  return query.people.add(`bool_or(${alone})`, 'has_event_alone');
}

/** Times are whole milliseconds, so that this is the next moment. */
const oneMillisecond = "INTERVAL '0.001' SECOND";

const countInFrame = (condition: string, frame: string): string =>
  `count(CASE WHEN ${condition} THEN 1 END) OVER (PARTITION BY person_key ORDER BY event_time ${frame})`;

function interval({ days, hours, minutes }: Duration): string {
  if (days !== undefined) return `INTERVAL '${days}' DAY`;
  return hours === undefined ? `INTERVAL '${minutes}' MINUTE` : `INTERVAL '${hours}' HOUR`;
}

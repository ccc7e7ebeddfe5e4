import { timestamp } from '../../shared/segments/sql/quote.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import type { log } from '../adapters/log.ts';
import { type Asking, askAthena, firstColumn } from './lake/ask-athena.ts';
import { LakeQueryError } from './lake/search-step.ts';
import type { LakeReach } from './lake/types.ts';

export interface ForgettingProps extends Asking, Pick<LakeReach, 'objects'> {
  readonly stream: ControlStream;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: typeof log;
}

const DAY_MS = 86_400_000;
/** Where more are due, as on the first day, the rest goes on the days after. */
const MOST_PEOPLE = 200_000;
const PUBLISH_MS = 60_000;

/**
 * Has profiles forget whom nobody has seen for so many days: those of the last snapshot, whose home looks again whether it
 * still is so. Answers how many were asked for. Throws `LakeQueryError` and `NotStoredError`; asking again does no harm.
 */
export function createForgetting(props: ForgettingProps): (days: number) => Promise<number> {
  const { objects, stream, clock, log } = props;
  return async (days) => {
    const before = clock() - days * DAY_MS;
    const ended = await askAthena(props, unseenSince(before));
    if (ended.state === 'failed') throw new LakeQueryError(ended.reason);
    let people = 0;
    for await (const keys of firstColumn(objects, ended.output)) {
      await stream.publish([{ v: 1, kind: 'forget', before, keys }], clock() + PUBLISH_MS);
      people += keys.length;
    }
    if (people > 0)
      log('info', 'People whom nobody has seen for long are forgotten.', { code: 'people_forgotten', people });
    return people;
  };
}

const unseenSince = (before: number): string => `SELECT person_key
FROM profiles
WHERE last_seen_at < ${timestamp(before)}
ORDER BY last_seen_at
LIMIT ${MOST_PEOPLE}`;

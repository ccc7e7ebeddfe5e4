import type { TickRecord } from '../../schemas/stream/control.ts';
import { type DueEntry, type DueStore, minuteOf, PARTS } from '../adapters/due-store.ts';
import { errorFields, type log } from '../adapters/log.ts';

export interface SweeperProps {
  readonly due: DueStore;
  /** Puts ticks on the stream, all of them by `deadline` (milliseconds since 1970), or throws. */
  readonly publish: (ticks: readonly TickRecord[], deadline: number) => Promise<void>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Seconds between two looks. */
  readonly everySeconds: number;
  readonly log: typeof log;
}

/** Minutes that each look reads again: an entry may be written late, or by a clock that is behind. */
const LOOK_BACK = 5;
/** Minutes that the very first sweep looks back: as long as a deployment may take. */
const FIRST_LOOK_BACK = 60;
const MINUTE_MS = 60_000;
/** The next invocation begins after a minute. */
const LAST_LOOK_MS = 55_000;
const PUBLISH_MS = 10_000;
const MAX_TICK_BYTES = 190_000;

interface Sweep {
  swept: number;
  /** Longest time that an entry had waited. */
  lagMs: number;
}

/**
 * Makes the function that runs every minute: looks for entries that are due, several times within its minute, puts a tick
 * on the stream for each profile, and deletes the entries when the ticks are there.
 *
 * Whatever fails is found again at the next look. Minutes that nobody swept, because nothing ran, are caught up from the
 * first one on, after the latest. Throws when the last look of the minute failed.
 */
export function createSweeper(props: SweeperProps): () => Promise<void> {
  const { clock, sleep, everySeconds } = props;
  return async () => {
    const started = clock();
    const sum: Sweep = { swept: 0, lagMs: 0 };
    let failure: unknown;
    for (let look = started; ; ) {
      failure = await sweep(props, started + LAST_LOOK_MS, sum).catch((error: unknown) => error);
      look = Math.max(look + everySeconds * 1000, clock());
      if (look - started > LAST_LOOK_MS) break;
      await sleep(look - clock());
    }
    const { swept, lagMs } = sum;
    props.log('info', 'What was due was put on the stream.', { code: 'swept', swept, lagSeconds: lagMs / 1000 });
    if (failure === undefined) return;
    props.log('error', 'What is due could not be put on the stream.', { code: 'not_swept', ...errorFields(failure) });
    throw failure;
  };
}

/** One look at all that may be due; ends early at `until` with the rest left for the next. */
async function sweep(props: SweeperProps, until: number, sum: Sweep): Promise<void> {
  const { due, clock } = props;
  const thisMinute = minuteOf(clock());
  const cursor = (await due.readCursor()) ?? (await firstCursor(due, thisMinute));
  const recent = thisMinute - LOOK_BACK;
  for (let minute = recent; minute <= thisMinute; minute += 1) await sweepMinute(props, minute, until, sum);
  for (let minute = cursor; minute < recent; minute += 1) {
    await sweepMinute(props, minute, until, sum);
    if (clock() < until) continue;
    sum.lagMs = Math.max(sum.lagMs, clock() - minute * MINUTE_MS);
    return await moveCursor(due, cursor, minute);
  }
  if (clock() < until) await moveCursor(due, cursor, recent);
}

/** Written before anything is swept: should that fail, the next sweep begins here, however late it comes. */
async function firstCursor(due: DueStore, thisMinute: number): Promise<number> {
  const first = thisMinute - FIRST_LOOK_BACK;
  await due.writeCursor(first);
  return first;
}

/** Never back: the clock of another sandbox may be ahead. */
const moveCursor = async (due: DueStore, from: number, to: number): Promise<void> => {
  if (to > from) await due.writeCursor(to);
};

const sweepMinute = async (props: SweeperProps, minute: number, until: number, sum: Sweep): Promise<void> => {
  await Promise.all(Array.from({ length: PARTS }, (_, part) => sweepPart(props, minute, part, until, sum)));
};

async function sweepPart(
  { due, publish, clock }: SweeperProps,
  minute: number,
  part: number,
  until: number,
  sum: Sweep,
): Promise<void> {
  for (let now = clock(); now < until; now = clock()) {
    const entries = await due.page(minute, part, now);
    if (entries.length === 0) return;
    await publish(ticksOf(entries, now), now + PUBLISH_MS);
    await due.remove(entries);
    sum.swept += entries.length;
    for (const { since } of entries) sum.lagMs = Math.max(sum.lagMs, now - since);
  }
}

/** Ticks for each profile once, none larger than a stream record should be. */
function ticksOf(entries: readonly DueEntry[], at: number): TickRecord[] {
  const ticks: { keys: string[]; bytes: number }[] = [];
  for (const key of new Set(entries.map(({ key }) => key))) {
    const bytes = Buffer.byteLength(JSON.stringify(key)) + 1;
    const last = ticks.at(-1);
    if (last && last.bytes + bytes <= MAX_TICK_BYTES) {
      last.keys.push(key);
      last.bytes += bytes;
    } else {
      ticks.push({ keys: [key], bytes });
    }
  }
  return ticks.map(({ keys }) => ({ v: 1, kind: 'tick', at, keys }));
}

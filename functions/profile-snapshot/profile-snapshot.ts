import type { Context } from 'aws-lambda';
import { profileSnapshots } from '../../schemas/lake/snapshot-table.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import { type HeldStore, Lease, LeaseLostError } from '../adapters/lease.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { ScanProfiles } from '../adapters/profile-scan.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';
import { showSnapshot } from './show-snapshot.ts';
import { newSnapshot, SEGMENTS, type SnapshotWork } from './snapshot-state.ts';
import { writeSegments } from './write-segments.ts';

export interface ProfileSnapshotProps {
  readonly scan: ScanProfiles;
  readonly store: Pick<ProfileStore, 'read'>;
  readonly files: Pick<LakeFiles, 'write' | 'remove'>;
  readonly state: HeldStore<SnapshotWork>;
  /** ISO 4217 code of the amounts in the rows. */
  readonly currency: string;
  /**
   * People of one file, a page more or less, but for the last of each segment: a run holds the rows of one file for each
   * segment.
   */
  readonly peopleAFile: number;
  /** Minutes from one snapshot to the next, counted from midnight UTC. */
  readonly everyMinutes: number;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** A text that no other call answers. */
  readonly newId: () => string;
  readonly log: typeof log;
}

/** What became of a call: `busy` means that another run is at it, `unfinished` that the next one goes on. */
export interface SnapshotAnswer {
  readonly state: 'done' | 'busy' | 'unfinished';
  /** The snapshot that the view `profiles` shows, ISO 8601. */
  readonly shown?: string;
}

/** Time before the function's end in which no file is begun. */
const MARGIN_MS = 60_000;
/** A snapshot that nobody finished for so long is begun anew: it would show too many different moments. */
const STALE_MS = 6 * 3_600_000;
/** Somebody else may have begun one meanwhile, and left it unfinished. */
const LOOK_AGAIN_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
/** How long a run may be silent: a file takes some seconds. */
const LEASE_MS = 120_000;
/** Until when a lease holds that was given back: whoever held it has nothing on its way any more. */
const RELEASED = 0;
const none: SnapshotWork = { marks: [] };

/**
 * Makes the function that writes all people into the lake, as GET /v1/profiles shows them, and then has the view `profiles`
 * show them. Its schedule begins a snapshot when one is due; any other event, `{}` for example, begins one at once.
 *
 * Why a crash does no harm: each file is named after its snapshot, and the view shows the rows of the one that the mark
 * names; the mark moves when all files are there, by one write. How far each segment of the table is stands in one
 * object, changed after each file, from where the next run goes on when one has stopped for want of time or of a service.
 * One that was killed may still have a file on its way: then the next run begins a new snapshot.
 */
export function createProfileSnapshot(props: ProfileSnapshotProps) {
  const { clock, state, newId } = props;
  let nextLook = 0;
  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SnapshotAnswer> => {
    const isScheduled = (event as { source?: unknown } | null)?.source === 'aws.scheduler';
    const started = clock();
    if (isScheduled && started < nextLook) return { state: 'done' };
    const known = (await state.read()) ?? { ...none, version: 0, leaseUntil: RELEASED };
    if (known.leaseUntil > started) return { state: 'busy', ...shownBy(known) };
    const isReleased = known.leaseUntil === RELEASED;
    const isUnfinished = known.current !== undefined && isReleased && started - known.current.snapshotAt < STALE_MS;
    const due = dueAfter(known.last?.snapshotAt, props.everyMinutes);
    if (isScheduled && known.current === undefined && started < due) {
      nextLook = Math.min(due, started + LOOK_AGAIN_MS);
      return { state: 'done', ...shownBy(known) };
    }
    // The very first waits for the first people, instead of showing none until the next is due.
    if (isScheduled && known.last === undefined && known.current === undefined && (await isEmpty(props))) {
      return { state: 'done' };
    }

    const lease = await Lease.take(state, clock, newId(), none, LEASE_MS);
    // Somebody else took it, and may even have given it back meanwhile.
    if (lease?.work.version !== known.version + 1) {
      await lease?.release();
      return { state: 'busy', ...shownBy(known) };
    }
    const end = started + context.getRemainingTimeInMillis() - MARGIN_MS;
    try {
      if (!isUnfinished) await lease.change((work) => ({ ...work, current: newSnapshot(started) }));
      const isWhole = await writeSegments(props, lease, end);
      if (isWhole) await showSnapshot(props, lease);
      await lease.release();
      return { state: isWhole ? 'done' : 'unfinished', ...shownBy(lease.work) };
    } catch (error) {
      if (error instanceof LeaseLostError) {
        props.log('warn', error.message, { code: 'snapshot_lease_lost' });
        return { state: 'busy' };
      }
      props.log('error', 'A snapshot stopped, and the next run goes on.', {
        code: 'snapshot_stopped',
        table: profileSnapshots.name,
        ...errorFields(error),
      });
      await lease.release().catch(() => undefined);
      throw error;
    }
  };
}

async function isEmpty({ scan }: ProfileSnapshotProps): Promise<boolean> {
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const { profiles, after } = await scan({ segment, of: SEGMENTS }, undefined);
    if (profiles.length > 0 || after !== undefined) return false;
  }
  return true;
}

const shownBy = ({ last }: SnapshotWork): Pick<SnapshotAnswer, 'shown'> =>
  last ? { shown: new Date(last.snapshotAt).toISOString() } : {};

/** The first moment after the period of the last snapshot. */
function dueAfter(last: number | undefined, everyMinutes: number): number {
  if (last === undefined) return 0;
  const period = everyMinutes * MINUTE_MS;
  return (Math.floor(last / period) + 1) * period;
}

import { PROFILES_SNAPSHOT, profileSnapshots } from '../../schemas/lake/snapshot-table.ts';
import { markFile, markKey } from '../../shared/lake/marks.ts';
import type { Lease } from '../adapters/lease.ts';
import type { ProfileSnapshotProps } from './profile-snapshot.ts';
import { dayOf, keysOfSnapshot, type Snapshot, type SnapshotWork, type WholeSnapshot } from './snapshot-state.ts';

type Props = Pick<ProfileSnapshotProps, 'files' | 'clock' | 'pause' | 'log'>;

/** The mark is written well before it holds, so that a query that reads it twice finds one value. */
const AHEAD_MS = 2_000;

/**
 * Has the view show the current snapshot, which is whole, and deletes the one before the last when its day has a later
 * one. Each step may be done again.
 */
export async function showSnapshot({ files, clock, pause, log }: Props, lease: Lease<SnapshotWork>): Promise<void> {
  const { current, marks, last, replaced } = lease.work as SnapshotWork & { current: Snapshot };
  const { snapshotAt, segments } = current;
  const before = marks.at(-1);
  const effectiveAt = before === undefined ? snapshotAt : clock() + AHEAD_MS;
  const history = [...(before ? [before] : []), { value: new Date(snapshotAt).toISOString(), effectiveAt }];
  await files.write(markKey(PROFILES_SNAPSHOT), markFile(PROFILES_SNAPSHOT, history));
  if (before !== undefined) await pause(effectiveAt - clock());

  if (replaced !== undefined) await files.remove(keysOfSnapshot(profileSnapshots.name, replaced));
  const whole: WholeSnapshot = { snapshotAt, parts: segments.map(({ parts }) => parts) };
  await lease.change(({ current: _, replaced: __, ...known }) => ({
    ...known,
    marks: history,
    last: whole,
    ...(last !== undefined && dayOf(last.snapshotAt) === dayOf(snapshotAt) && { replaced: last }),
  }));
  log('info', 'A snapshot of all profiles is whole.', {
    code: 'snapshot_done',
    people: segments.reduce((sum, { people }) => sum + people, 0),
    files: whole.parts.reduce((sum, parts) => sum + parts, 0),
    milliseconds: clock() - snapshotAt,
  });
}

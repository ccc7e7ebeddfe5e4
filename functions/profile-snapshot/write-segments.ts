import { profileSnapshots } from '../../schemas/lake/snapshot-table.ts';
import { type ColumnValues, type TableRows, tableRows } from '../../shared/lake/column-readers.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { type PersonSource, profileReaders } from '../../shared/lake/profile-row.ts';
import type { Item } from '../adapters/dynamodb.ts';
import type { Lease } from '../adapters/lease.ts';
import { peopleOf } from './people.ts';
import type { ProfileSnapshotProps } from './profile-snapshot.ts';
import { partKey, type SegmentProgress, type Snapshot, type SnapshotWork } from './snapshot-state.ts';

type Props = Pick<ProfileSnapshotProps, 'scan' | 'store' | 'files' | 'currency' | 'peopleAFile' | 'clock' | 'log'>;

/**
 * Writes what is left of the current snapshot, all segments side by side, until `end` (milliseconds since 1970). Answers
 * whether it is whole. Throws the first error, when all segments have come to rest.
 */
export async function writeSegments(props: Props, lease: Lease<SnapshotWork>, end: number): Promise<boolean> {
  const { segments } = lease.work.current as Snapshot;
  let isFailing = false;
  let damaged = 0;
  const mayGoOn = () => !isFailing && props.clock() < end;
  const results = await Promise.allSettled(
    segments.map(async (_, segment) => {
      try {
        await writeSegment(props, lease, segment, mayGoOn, () => {
          damaged += 1;
        });
      } catch (error) {
        isFailing = true;
        throw error;
      }
    }),
  );
  if (damaged > 0) {
    props.log('error', 'Profiles that cannot be read are missing in the snapshot.', {
      code: 'profiles_unreadable',
      profiles: damaged,
    });
  }
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return (lease.work.current as Snapshot).segments.every(({ isDone }) => isDone);
}

async function writeSegment(
  props: Props,
  lease: Lease<SnapshotWork>,
  segment: number,
  mayGoOn: () => boolean,
  onDamaged: () => void,
): Promise<void> {
  const { snapshotAt, segments } = lease.work.current as Snapshot;
  let progress = segments[segment] as SegmentProgress;
  while (!progress.isDone && mayGoOn()) {
    const rows = new GrowingRows();
    let after: Item | undefined = progress.after;
    do {
      const page = await props.scan({ segment, of: segments.length }, after);
      const people = { store: props.store, snapshotAt, currency: props.currency, onDamaged };
      rows.add(await peopleOf(page.profiles, people));
      after = page.after;
      await lease.renew();
    } while (after !== undefined && rows.count < props.peopleAFile);
    if (rows.count > 0) {
      await props.files.write(partKey(profileSnapshots.name, snapshotAt, segment, progress.parts), parquetFile(rows));
    }
    progress = {
      parts: progress.parts + (rows.count > 0 ? 1 : 0),
      people: progress.people + rows.count,
      ...(after && { after }),
      isDone: after === undefined,
    };
    await lease.change((known) => ({ ...known, current: withProgress(known.current as Snapshot, segment, progress) }));
  }
}

/** Rows of a file to be, page by page: of the people nothing else is kept. */
class GrowingRows implements TableRows {
  readonly table = profileSnapshots;
  readonly columns = profileSnapshots.columns.map((column) => ({
    column,
    values: [] as ColumnValues['values'][number][],
  }));
  count = 0;

  add(people: readonly PersonSource[]): void {
    const { columns } = tableRows(this.table, profileReaders, people);
    for (const [index, { values }] of columns.entries()) this.columns[index]?.values.push(...values);
    this.count += people.length;
  }
}

const withProgress = (snapshot: Snapshot, segment: number, progress: SegmentProgress): Snapshot => ({
  ...snapshot,
  segments: snapshot.segments.with(segment, progress),
});

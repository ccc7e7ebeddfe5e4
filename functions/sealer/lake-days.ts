import { sealedTwin } from '../../schemas/lake/tables.ts';
import type { Reach } from './reach.ts';

const FOLDER = /^day=(\d{4}-\d{2}-\d{2})$/;

/** The days of which a table has files, in order. */
export async function daysOf({ files }: Pick<Reach, 'files'>, table: string): Promise<string[]> {
  return (await files.folders(`${table}/`)).flatMap((folder) => FOLDER.exec(folder)?.[1] ?? []);
}

/** The days of which any table has files that landed, or that were sealed. */
export async function daysWithFiles(reach: Reach): Promise<string[]> {
  const names = reach.tables.flatMap((table) => [table.name, sealedTwin(table).name]);
  const days = await Promise.all(names.map((name) => daysOf(reach, name)));
  return [...new Set(days.flat())].sort();
}

/** Deletes the files of a table's days before `day`; answers how many there were. */
export async function removeDaysBefore(reach: Reach, table: string, day: string): Promise<number> {
  let removed = 0;
  for (const old of (await daysOf(reach, table)).filter((each) => each < day)) {
    const keys = (await reach.files.list(`${table}/day=${old}/`)).map(({ key }) => key);
    await reach.files.remove(keys);
    removed += keys.length;
  }
  return removed;
}

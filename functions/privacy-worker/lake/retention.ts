import { visitPartsSealed } from '../../../schemas/lake/tables.ts';
import { dayAfter, dayOf } from '../../../shared/lake/days.ts';
import { withoutSealer } from './sealer-lease.ts';
import type { LakeReach, LakeRetention } from './types.ts';

const DAY_FOLDER = /^day=(\d{4}-\d{2}-\d{2})$/;

/** Tables that are made of another's rows, and go with them. */
const madeOf: Readonly<Record<string, readonly string[]>> = { events: [visitPartsSealed.name] };

/**
 * Deletes the days of tables that are older than their rows are kept: a row of a day goes when so many whole days have
 * passed since that day's end. Landed and sealed files of a day go alike, so that views show the same of every other day,
 * and not while the sealer reads them.
 */
export function createRetention(
  reach: Pick<LakeReach, 'files' | 'sealing' | 'clock' | 'newId' | 'log'>,
): LakeRetention {
  const { files, clock, log } = reach;

  async function daysBefore(table: string, day: string): Promise<string[]> {
    const days = (await files.folders(`${table}/`)).flatMap((folder) => DAY_FOLDER.exec(folder)?.[1] ?? []);
    return days.filter((each) => each < day);
  }

  async function removeDays(relation: string, before: string): Promise<number> {
    let removed = 0;
    for (const table of [`${relation}_landed`, `${relation}_sealed`, ...(madeOf[relation] ?? [])]) {
      for (const day of await daysBefore(table, before)) {
        const keys = (await files.list(`${table}/day=${day}/`)).map(({ key }) => key);
        await files.remove(keys);
        removed += keys.length;
      }
    }
    return removed;
  }

  return {
    run: async (days) => {
      const today = dayOf(clock());
      const removed = await withoutSealer(reach, async () => {
        let sum = 0;
        for (const [relation, kept] of Object.entries(days)) {
          sum += await removeDays(relation, dayAfter(today, -kept));
        }
        return sum;
      });
      if (removed === undefined) return 'wait';
      if (removed > 0)
        log('info', 'Days of the lake went that were kept long enough.', { code: 'retention', files: removed });
      return removed;
    },
  };
}

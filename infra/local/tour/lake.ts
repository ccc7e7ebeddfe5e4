import { asTable } from '../query/result-format.ts';
import type { Stage } from './tour.ts';

const questions: readonly string[] = [
  `SELECT channel, count(*) AS entrances, count(DISTINCT profile_key) AS visitors FROM events
WHERE event = 'Page Viewed' AND channel <> 'on_site' AND NOT is_bot GROUP BY 1 ORDER BY 2 DESC`,
  `SELECT currency, count(DISTINCT order_id) AS orders, sum(total) AS revenue FROM events
WHERE event = 'Order Completed' GROUP BY 1 ORDER BY 2 DESC`,
  'SELECT reason, count(*) AS events FROM failed_events GROUP BY 1 ORDER BY 2 DESC LIMIT 5',
];

/** Asks the lake what a marketer and an engineer would ask first. */
export async function showLake({ query, print }: Stage): Promise<void> {
  for (const sql of questions) {
    print(`npm run query -- "${sql}"\n`);
    const { columns, rows } = await query(sql);
    if (rows.length === 0) throw new Error('The query found nothing.');
    print(`${asTable(columns, rows)}\n`);
  }
}

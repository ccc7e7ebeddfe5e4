import { asTable } from '../query/result-format.ts';
import type { Stage } from './tour.ts';

const questions: readonly string[] = [
  `SELECT channel, count(DISTINCT session_id) AS sessions, count_if(event = 'Order Completed') AS orders,
       sum(CASE WHEN event = 'Order Completed' AND currency = 'USD' THEN total END) AS revenue_usd
FROM events WHERE NOT is_bot GROUP BY 1 ORDER BY revenue_usd DESC NULLS LAST`,
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

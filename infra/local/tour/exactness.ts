import { differences, reconcile } from '../demo/reconciliation.ts';
import { asTable } from '../query/result-format.ts';
import type { Stage } from './tour.ts';

const SHOWN = 20;

/** Compares the lake with the ledger that the demo store kept of what it sent, resent and spoilt. */
export async function showExactness({ store, fresh, query, print }: Stage): Promise<void> {
  if (!fresh) {
    print('Compared when the demo store was sent; your own events may have come since.');
    return;
  }
  const comparisons = await reconcile(store.ledger, async (sql) => {
    const { columns, rows } = await query(sql);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
  });
  const { messages, accepted, revenue } = store.ledger;
  const wrong = differences(comparisons);
  if (wrong.length > 0) {
    const rows = wrong.slice(0, SHOWN).map(({ what, ledger, lake }) => [what, String(ledger), String(lake)]);
    print(asTable([text('total'), number('ledger'), number('lake')], rows));
    throw new Error(`${wrong.length} of ${comparisons.length} totals differ from the ledger.`);
  }
  print(
    `The shop sent ${messages.sent} messages, ${messages.resent} of them again, ${messages.failed} of them broken.`,
  );
  print(`${accepted} events count, in ${Object.keys(revenue).length} currencies.`);
  print(`✔ All ${comparisons.length} totals of the shop's own ledger equal the lake's: nothing lost, nothing double.`);
}

const text = (name: string) => ({ name, type: 'varchar' });
const number = (name: string) => ({ name, type: 'bigint' });

import type { Recommendations } from '../../../schemas/recommendation.ts';
import { asTable } from '../query/result-format.ts';
import { follow } from '../train/follow.ts';
import { summaryOf } from '../train/summary.ts';
import { openTarget } from '../train/target.ts';
import { bestCustomer } from './best-customer.ts';
import type { Stage } from './tour.ts';

const ITEMS = 8;

/** Trains the model on the demo store, as `npm run train` does, and shows what it recommends to one customer, and why. */
export async function showRecommendations({ store, dataDir, get, print }: Stage): Promise<void> {
  print('npm run train\n');
  const target = await openTarget({ dataDir, stage: undefined });
  try {
    const view = await follow(target, process.stdout);
    if (view.trained === undefined) throw new Error(view.reason ?? `The training ended as ${view.state}.`);
    print(summaryOf(view));
  } finally {
    target.close();
  }
  const userId = bestCustomer(store.ledger);
  const path = `/v1/recommendations?userId=${encodeURIComponent(userId)}&n=${ITEMS}&placement=tour`;
  print(`\nGET ${path}\n`);
  const { items, model } = (await get(path)) as Recommendations;
  if (items.length === 0) throw new Error('Nothing is recommended to the best customer.');
  const rows = items.map(({ itemId, title = '', score, reason }) => [itemId, title, String(score), reason]);
  const columns = ['item', 'title', 'score', 'reason'].map((name) => {
    return { name, type: name === 'score' ? ('double' as const) : ('string' as const) };
  });
  print(asTable(columns, rows));
  print(`By version ${model.version}.`);
}

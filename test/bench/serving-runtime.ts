import type { DynamoDb } from '../../functions/adapters/dynamodb.ts';
import { createModelStore } from '../../functions/adapters/model-store.ts';
import { startHeadwater } from '../e2e/headwater.ts';
import { aShop } from './serving-shop.ts';

/** The local runtime in a process of its own, with a model, and people who looked at items. */
const [items = '1000', related = '100', people = '100'] = process.argv.slice(2);
const headwater = await startHeadwater();
const { gateway, outputs } = headwater.runtime;
const dynamoDb: DynamoDb = (operation, input) => gateway.invoke('tool', 'dynamodb', operation, input);

const shop = aShop(Number(items), Number(related));
const models = createModelStore(dynamoDb, String(outputs.RecommendationsTable), Date.now);
await models.writeItems(shop.head.version, shop.items);
const rows = shop.items.ids.map((_, item) => ({ item, neighbours: shop.neighbours(item) }));
await models.writeNeighbours(shop.head.version, rows);
await models.publish(shop.head, undefined);
for (let person = 0; person < Number(people); person += 1) {
  const timestamp = new Date().toISOString();
  const batch = shop.views(person).map((product_id, n) => {
    const messageId = `view-${person}-${n}`;
    return {
      type: 'track',
      messageId,
      timestamp,
      userId: `user-${person}`,
      event: 'Product Viewed',
      properties: { product_id },
    };
  });
  const { status } = await headwater.post('/v1/batch', { batch, sentAt: timestamp });
  if (status !== 200) throw new Error(`Events were answered ${status}.`);
}
await headwater.settled();

process.on('message', async () => {
  await headwater.stop();
  process.disconnect();
});
process.send?.(headwater.url);

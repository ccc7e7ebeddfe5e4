import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb } from '../../functions/adapters/dynamodb.ts';
import { createModelStore } from '../../functions/adapters/model-store.ts';
import { aHead, aList } from '../fixtures/models.ts';
import { eventually, lastWithout } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';

type Json = Record<string, unknown>;
interface Answer {
  readonly recommendationId: string;
  readonly items: readonly { readonly itemId: string; readonly reason: string; readonly title?: string }[];
  readonly model: { readonly version: string };
}

/** By popularity; tents go with mats, stoves with pots. */
const ids = ['tent', 'stove', 'mat', 'pot', 'lamp'];
const pairs: Readonly<Record<string, string>> = { tent: 'mat', mat: 'tent', stove: 'pot', pot: 'stove' };
const VERSION = '20260301T030000Z-aaaa';

let headwater: Headwater;
let made = 0;

beforeAll(async () => {
  headwater = await startHeadwater();
  const { gateway, outputs } = headwater.runtime;
  const dynamoDb: DynamoDb = (operation, input) => gateway.invoke('tool', 'dynamodb', operation, input);
  const models = createModelStore(dynamoDb, String(outputs.RecommendationsTable), Date.now);
  await models.writeItems(VERSION, {
    ids,
    popularity: Float32Array.from(ids, (_, place) => 1 / (1 + place)),
    trend: new Float32Array(ids.length),
  });
  const rows = ids.flatMap((id, item) => {
    const other = pairs[id];
    if (other === undefined) return [];
    return [{ item, neighbours: { collaborative: aList([ids.indexOf(other), 1]), content: aList() } }];
  });
  await models.writeNeighbours(VERSION, rows);
  expect(await models.publish(aHead({ version: VERSION, items: ids.length }), undefined)).toBe(true);
  const items = ids.map((itemId) => ({ itemId, title: itemId, category: itemId === 'lamp' ? 'Light' : 'Camping' }));
  await put(items);
});
afterAll(() => headwater?.stop());

async function put(items: readonly Json[]): Promise<void> {
  expect(await headwater.api('PUT', '/v1/catalog/items', { items })).toMatchObject({ status: 200 });
}

async function send(...messages: readonly Json[]): Promise<void> {
  const timestamp = new Date().toISOString();
  const batch = messages.map((message) => ({ messageId: `rec-${made++}`, type: 'track', timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch, sentAt: timestamp })).status).toBe(200);
}
const viewed = (who: Json, product_id: string) => ({ ...who, event: 'Product Viewed', properties: { product_id } });

async function answer(query: string): Promise<Answer> {
  const { status, body } = await headwater.api('GET', `/v1/recommendations?diversity=0&${query}`);
  expect(status).toBe(200);
  return body;
}
const idsFor = async (query: string) => (await answer(query)).items.map(({ itemId }) => itemId);

/** Somebody whom no holdout has: these tests are of the model. */
async function notHeldOut(make: (n: number) => Json, query: (who: Json) => string): Promise<Json> {
  for (let n = 0; ; n += 1) {
    const who = make(n);
    await send(viewed(who, 'stove'));
    const first = await eventually(async () => {
      const found = await headwater.profile(String(who.userId ?? `anonymous:${who.anonymousId}`));
      return found && (await answer(query(who)));
    });
    if (first.items[0]?.itemId === 'pot') return who;
  }
}

test("an anonymous visitor's third product view changes the answer as soon as it is read", async () => {
  const queryOf = ({ anonymousId }: Json) => `anonymousId=${anonymousId}`;
  const visitor = await notHeldOut((n) => ({ anonymousId: `visitor-${n}` }), queryOf);
  await send(viewed(visitor, 'pot'));
  await headwater.settled();
  const before = await idsFor(queryOf(visitor));
  await send(viewed(visitor, 'tent'));
  await headwater.settled();
  expect(await idsFor(queryOf(visitor))).not.toEqual(before);
  const { items } = await answer(queryOf(visitor));
  expect(items.find(({ itemId }) => itemId === 'mat')).toMatchObject({ reason: 'viewed with tent' });
});

test('what a person bought disappears as soon as it is read, also for who was joined to them', async () => {
  const ada = await notHeldOut(
    (n) => ({ userId: `ada-${n}` }),
    ({ userId }) => `userId=${userId}`,
  );
  const query = `userId=${ada.userId}`;
  await send({ ...ada, type: 'identify', anonymousId: 'phone', traits: {} }, viewed({ anonymousId: 'phone' }, 'tent'));
  expect(await idsFor(query)).toContain('pot');
  const products = [{ product_id: 'pot', price: 20, quantity: 1 }];
  await send({
    ...ada,
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 20, currency: 'EUR', products },
  });
  await headwater.settled();
  for (const asked of [query, 'anonymousId=phone']) expect(await idsFor(asked)).not.toContain('pot');
});

test('an unknown user gets popular items, and so does somebody who denies personalisation, unnamed', async () => {
  const unknown = await answer('userId=nobody-knows');
  expect(unknown.items.map(({ itemId, reason }) => [itemId, reason])).toEqual(ids.map((id) => [id, 'popular']));
  const dan = await notHeldOut(
    (n) => ({ userId: `dan-${n}` }),
    ({ userId }) => `userId=${userId}`,
  );
  const consent = `/v1/profiles/${dan.userId}/consent`;
  expect(await headwater.api('PUT', consent, { personalisation: false })).toMatchObject({ status: 202 });
  await eventually(async () => (await idsFor(`userId=${dan.userId}`)).join() === ids.join());
  const [row] = await eventually(async () => {
    // An answer that waits too long for its record goes without.
    const { recommendationId } = await answer(`userId=${dan.userId}`);
    await headwater.settled();
    const sql = `SELECT profile_key, variant FROM recommendations WHERE recommendation_id = '${recommendationId}'`;
    const rows = await headwater.query(sql);
    return rows.length > 0 && rows;
  });
  expect(row).toEqual({ profile_key: null, variant: 'popular' });
});

test('what is hidden or sold out leaves all answers within half a minute, and comes back', async () => {
  await put([
    { itemId: 'lamp', hidden: true },
    { itemId: 'mat', stock: 0 },
  ]);
  const gone = ['tent', 'stove', 'pot'];
  const isShown = (wanted: readonly string[]) => async () =>
    (await idsFor('userId=someone-new')).join() === wanted.join();
  expect(await lastWithout(isShown(gone))).toBeLessThan(30_000);
  await put([
    { itemId: 'lamp', hidden: null },
    { itemId: 'mat', stock: 5 },
  ]);
  expect(await lastWithout(isShown(ids))).toBeLessThan(30_000);
});

test('answers items like another and popular ones, with what the catalog knows', async () => {
  expect((await headwater.api('GET', '/v1/items/tent/similar')).body).toMatchObject({
    items: [{ itemId: 'mat', title: 'mat', reason: 'viewed with tent' }, {}, {}],
  });
  expect((await headwater.api('GET', '/v1/items/popular?category=light')).body).toMatchObject({
    items: [{ itemId: 'lamp', reason: 'popular in Light' }],
    model: { version: VERSION },
  });
});

test.each(['', 'userId=a&anonymousId=b', 'userId=a&n=0', 'userId=a&n=101', 'userId=a&diversity=2'])(
  'says what is wrong with ?%s',
  async (query) => {
    const found = await headwater.api('GET', `/v1/recommendations?${query}`);
    expect(found).toMatchObject({ status: 400, body: { code: 'invalid_parameter', errors: [{}] } });
  },
);

test('what comes of an answer is told by the lake', async () => {
  const eve = await notHeldOut(
    (n) => ({ userId: `eve-${n}` }),
    ({ userId }) => `userId=${userId}`,
  );
  const performanceOf = async (placement: string) => {
    const sql = `SELECT answers, clicks, click_through_rate FROM recommendation_performance WHERE placement = '${placement}'`;
    return (await headwater.query(sql))[0];
  };
  let placements = 0;
  const placement = await eventually(async () => {
    placements += 1;
    const asked = `cart-${placements}`;
    const { recommendationId: recommendation_id } = await answer(`userId=${eve.userId}&placement=${asked}`);
    await send({ ...eve, event: 'Product Clicked', properties: { product_id: 'pot', recommendation_id } });
    await headwater.settled();
    // An answer that waits too long for its record goes without.
    return (await performanceOf(asked)) !== undefined && asked;
  });
  expect(await performanceOf(placement)).toEqual({ answers: '1', clicks: '1', click_through_rate: '1.0' });
});

import { expect, test } from 'vitest';
import type { Answered } from '../../../schemas/stream/answered.ts';
import { goldenLake, table } from './golden.ts';
import { type Happening, merge, moment, order, track } from './history.ts';

const { happened, show } = goldenLake();

/** An answer to somebody, `ada` or `?x`; to nobody that is known, an empty text. */
function answer(
  who: string,
  time: string,
  id: string,
  itemIds: readonly string[],
  over: Partial<Answered> = {},
): Happening {
  const key = who === '' ? null : who.startsWith('?') ? `anonymous:${who.slice(1)}` : `user:${who}`;
  const answered: Answered = {
    id,
    key,
    placement: 'home',
    variant: 'model',
    model: 'v1',
    items: itemIds.map((itemId, place) => ({ itemId, score: 1 / (1 + place), reason: 'popular' })),
    requestedAt: moment(time),
    ...over,
  };
  return { arrivedAt: moment(time), payload: { v: 1, kind: 'recommendations', items: [answered] } };
}
const of = (recommendation_id: string, more: object = {}) => ({ recommendation_id, ...more });
const buys = (who: string, time: string, id: string, product_id: string, price = 10, quantity = 1) =>
  order(who, time, id, price * quantity, { products: [{ product_id, price, quantity }] });

test('an answer is one row, however often it landed, by the person that its key belongs to now', async () => {
  const given = answer('?x', '09:00', 'r-1', ['tent', 'mat'], { category: 'Camping' });
  await happened(given, given, answer('', '10:00', 'r-2', [], { variant: 'popular', model: null }), merge('?x', 'ada'));
  const columns =
    'recommendation_id, profile_key, person_key, placement, variant, model_version, category, requested_at, day';
  expect(await show(`SELECT ${columns} FROM recommendations ORDER BY 1`)).toEqual(
    table(`
      recommendation_id | profile_key | person_key | placement | variant | model_version | category | requested_at | day
      r-1               | anonymous:x | user:ada   | home      | model   | v1            | Camping  | 09:00        | 2026-03-02
      r-2               |             |            | home      | popular |               |          | 10:00        | 2026-03-02
    `),
  );
  expect(await show(`SELECT items FROM recommendations WHERE recommendation_id = 'r-1'`)).toEqual([
    ['items'],
    [
      '[{"item_id":"tent","rank":1,"score":1,"reason":"popular"},{"item_id":"mat","rank":2,"score":0.5,"reason":"popular"}]',
    ],
  ]);
});

const counts = 'date, variant, answers, people, impressions, clicks, items_clicked, conversions, orders, revenue';

test('an answer is seen by any event that carries its id, clicked by one about an item of it', async () => {
  await happened(
    answer('ada', '09:00', 'r-1', ['tent', 'mat']),
    answer('ada', '09:10', 'r-2', ['tent']),
    answer('bob', '09:20', 'r-3', ['pot']),
    answer('cleo', '09:30', 'r-4', ['pot']),
    track('ada', '09:01', 'Product List Viewed', of('r-1')),
    track('ada', '09:02', 'Product Clicked', of('r-1', { product_id: 'tent' })),
    track('ada', '09:03', 'Product Viewed', of('r-1', { product_id: 'tent' })),
    track('ada', '09:04', 'Product Added', of('r-1', { product_id: 'mat' })),
    track('ada', '09:11', 'Product List Viewed', of('r-2')),
    // About something else, or of nobody's answer.
    track('bob', '09:21', 'Product Clicked', of('r-3', { product_id: 'lamp' })),
    track('bob', '09:22', 'Product Clicked', of('r-9', { product_id: 'pot' })),
    track('cleo', '09:31', 'Product Clicked', { product_id: 'pot' }),
  );
  expect(await show(`SELECT ${counts}, click_through_rate FROM recommendation_performance`)).toEqual(
    table(`
      date       | variant | answers | people | impressions | clicks | items_clicked | conversions | orders | revenue | click_through_rate
      2026-03-02 | model   | 4       | 3      | 3           | 1      | 2             | 0           | 0      | 0       | 0.3333333333333333
    `),
  );
});

test('an order counts for the answer whose item its person clicked last in the seven days before', async () => {
  await happened(
    answer('ada', '09:00', 'r-1', ['tent', 'mat']),
    answer('ada', '10:00', 'r-2', ['tent'], { placement: 'cart' }),
    track('ada', '09:02', 'Product Clicked', of('r-1', { product_id: 'tent' })),
    track('ada', '09:03', 'Product Clicked', of('r-1', { product_id: 'mat' })),
    track('ada', '10:02', 'Product Clicked', of('r-2', { product_id: 'tent' })),
    buys('ada', '11:00', 'o-1', 'tent', 100, 2),
    buys('ada', '03-09 09:03', 'o-2', 'mat', 30),
    // Too late, not clicked before, somebody else, another item.
    buys('ada', '03-09 09:04', 'o-3', 'mat', 30),
    buys('ada', '08:00', 'o-4', 'mat', 30),
    buys('bob', '11:00', 'o-5', 'tent', 30),
    buys('ada', '11:30', 'o-6', 'lamp', 30),
  );
  const columns = 'placement, clicks, conversions, orders, revenue, currency, conversion_rate';
  expect(await show(`SELECT ${columns} FROM recommendation_performance ORDER BY placement`)).toEqual(
    table(`
      placement | clicks | conversions | orders | revenue | currency | conversion_rate
      cart      | 1      | 1           | 1      | 200     | USD      | 1
      home      | 1      | 1           | 1      | 30      | USD      | 1
    `),
  );
});

test('orders of one id from two sources are two', async () => {
  const clicks = (who: string) => track(who, '09:02', 'Product Clicked', of(`r-${who}`, { product_id: 'tent' }));
  const products = [{ product_id: 'tent', price: 10, quantity: 1 }];
  const from = (source: string) => ({ source, messageId: 'm-1' });
  await happened(
    answer('ada', '09:00', 'r-ada', ['tent']),
    answer('bob', '09:00', 'r-bob', ['tent']),
    answer('eve', '09:00', 'r-eve', ['tent']),
    ...['ada', 'bob', 'eve'].map(clicks),
    order('ada', '10:00', 'o-1', 10, { products }, { source: 'web' }),
    order('bob', '11:00', 'o-1', 10, { products }, { source: 'shop' }),
    order('eve', '10:00', 'nameless', 10, { order_id: undefined, products }, from('web')),
    order('eve', '10:00', 'nameless', 10, { order_id: undefined, products }, from('shop')),
  );
  expect(await show('SELECT conversions, orders, revenue FROM recommendation_performance')).toEqual(
    table(`
      conversions | orders | revenue
      3           | 4      | 40
    `),
  );
});

test('days, placements, variants and models are rows of their own; the model is held against its holdout', async () => {
  const holdout = { variant: 'holdout' } as const;
  await happened(
    answer('ada', '09:00', 'r-1', ['tent']),
    answer('bob', '09:00', 'r-2', ['tent']),
    answer('cleo', '09:00', 'r-3', ['tent']),
    answer('dan', '09:00', 'r-4', ['tent'], holdout),
    answer('eve', '09:00', 'r-5', ['tent'], holdout),
    answer('ada', '09:00', 'r-6', ['tent'], { model: 'v2' }),
    answer('ada', '03-03 09:00', 'r-7', ['tent']),
    buys('ada', '10:00', 'o-1', 'anything'),
    buys('bob', '03-09 09:00', 'o-2', 'anything'),
    buys('cleo', '08:00', 'o-3', 'anything'),
    buys('dan', '10:00', 'o-4', 'anything'),
  );
  const columns = 'date, variant, model_version, people, buyers, buyer_rate, holdout_lift';
  expect(await show(`SELECT ${columns} FROM recommendation_performance ORDER BY 1, 3, 2`)).toEqual(
    table(`
      date       | variant | model_version | people | buyers | buyer_rate         | holdout_lift
      2026-03-02 | holdout | v1            | 2      | 1      | 0.5                |
      2026-03-02 | model   | v1            | 3      | 2      | 0.6666666666666666 | 0.33333333333333326
      2026-03-02 | model   | v2            | 1      | 1      | 1                  |
      2026-03-03 | model   | v1            | 1      | 0      | 0                  |
    `),
  );
});

test('coverage is of all items that there are, novelty the mean self-information of what was answered', async () => {
  const view = (who: string, product_id: string) => track(who, '08:00', 'Product Viewed', { product_id });
  await happened(
    // Four people: all know the tent, one the mat, nobody the lamp: 0, 2 and 2 bits.
    ...['ada', 'bob', 'cleo', 'dan'].map((who) => view(who, 'tent')),
    view('ada', 'mat'),
    answer('ada', '09:00', 'r-1', ['tent', 'mat']),
    answer('bob', '09:10', 'r-2', ['tent', 'lamp']),
    answer('bob', '09:20', 'r-3', ['pot'], { placement: 'cart' }),
  );
  const columns = 'placement, items_answered, distinct_items, coverage, novelty';
  expect(await show(`SELECT ${columns} FROM recommendation_performance ORDER BY placement`)).toEqual(
    table(`
      placement | items_answered | distinct_items | coverage | novelty
      cart      | 1              | 1              | 0.25     | 2
      home      | 4              | 3              | 0.75     | 1
    `),
  );
});

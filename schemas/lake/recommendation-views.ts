import { amount, big, dayPartition, instant, type LakeView, number, text } from './column.ts';

/** Views of recommendations: what they learn from, what was answered, and what came of it. */
export const recommendationViews: readonly LakeView[] = [
  {
    name: 'interactions',
    comment:
      'What people did with products, one row a person, product and event, without robots: what recommendations learn from.',
    columns: [
      text('person_key', 'Person.'),
      text('item_id', 'Product.'),
      text('action', 'view, wishlist, cart, order or refund.'),
      instant('happened_at', 'When.'),
      number(
        'weight',
        'What it says of the interest: view 1, wishlist 2, cart 3, order 5, refund -5, whatever the quantity.',
      ),
      number('quantity', 'Units, where they were told.'),
      text('event_id', 'messageId of the event; of an order its id.'),
      dayPartition,
    ],
  },
  {
    name: 'recommendation_performance',
    comment:
      'What came of recommendations, one row a day of answers, placement, variant and model. Rows of the last seven days still grow.',
    columns: [
      text('date', 'UTC day of the answers, YYYY-MM-DD.'),
      text('placement', 'Where the items were to be shown.'),
      text(
        'variant',
        'Who chose: model; holdout (popular items, for somebody the model could have answered); popular (nothing to go by).',
      ),
      text('model_version', 'Version of the model; null where there was none.'),
      big('answers', 'Answers given.'),
      big('people', 'People who were answered; those without consent to personalisation are not known.'),
      big('impressions', 'Answers that were seen: an event carries their recommendation_id, a click for one.'),
      big(
        'clicks',
        'Answers of which an item was clicked: Product Clicked, Product Viewed or Product Added of an item of the answer carries its recommendation_id.',
      ),
      big('items_clicked', 'Items that were clicked, each once an answer.'),
      number('click_through_rate', 'clicks / impressions, from 0 to 1.'),
      big('conversions', 'Answers that sold something.'),
      big(
        'orders',
        'Orders of an item that the same person had clicked in the answer at most seven days before. An item that was clicked in several answers counts for the last; an order that came of two answers counts for each.',
      ),
      number('conversion_rate', 'conversions / impressions, from 0 to 1.'),
      text('currency', 'The reporting currency.'),
      amount('revenue', 'What those items came to in it: price times quantity.'),
      big('items_answered', 'Items in all answers.'),
      big('distinct_items', 'Different items among them.'),
      number(
        'coverage',
        'distinct_items against all items that are in the catalog or were ever answered, from 0 to 1.',
      ),
      number(
        'novelty',
        'Mean over the items answered of log2(people / people of the item), in bits: people are those who ever viewed or bought a product; an item of nobody counts as one of one person.',
      ),
      big('buyers', 'People of the row who ordered anything within seven days after their first answer of the day.'),
      number('buyer_rate', 'buyers / people, from 0 to 1.'),
      number(
        'holdout_lift',
        'Of the variant model: its buyer_rate against that of the holdout of the same day, placement and model; 0.1 for a tenth more. A day says little: add up buyers and people of many days.',
      ),
    ],
  },
];

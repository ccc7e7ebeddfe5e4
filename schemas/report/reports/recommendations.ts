import { day, money, number, share, text, whole } from '../columns.ts';
import { currency, range } from '../parameters.ts';
import type { Report } from '../report.ts';

export const recommendations: Report = {
  name: 'recommendations',
  title: 'What recommendations bring',
  description:
    'What came of recommendations by day of the answer, placement and who chose: how often they were seen, clicked and bought from.',
  parameters: [
    ...range,
    { name: 'placement', type: 'text', description: 'Only answers of this placement.' },
    {
      name: 'variant',
      type: 'choice',
      values: ['model', 'holdout', 'popular'],
      description: 'Only answers that these chose: the model, the holdout, or nobody.',
    },
    currency,
  ],
  columns: [
    day('date', 'UTC day of the answers.'),
    text('placement', 'Where the items were to be shown.'),
    text('variant', 'Who chose: model, holdout or popular.'),
    text('model_version', 'Version of the model.'),
    whole('answers', 'Answers given.'),
    whole('people', 'People who were answered.'),
    whole('impressions', 'Answers that were seen.'),
    whole('clicks', 'Answers of which an item was clicked.'),
    share('click_through_rate', 'clicks against impressions.'),
    whole('orders', 'Orders of items that were clicked at most seven days before.'),
    share('conversion_rate', 'Answers that sold something, against impressions.'),
    money('revenue', 'What those items came to.'),
    share('coverage', 'Part of all items that was recommended.'),
    number('novelty', 'How little known the items are, in bits.'),
    whole('buyers', 'People who ordered anything within seven days.'),
    share('buyer_rate', 'buyers against people.'),
    share('holdout_lift', 'buyer_rate of the model against that of the holdout.'),
  ],
  history: 'all',
  readsApart: true,
  sql: `SELECT
  date, placement, variant, model_version, answers, people, impressions, clicks, click_through_rate, orders,
  conversion_rate, revenue, coverage, novelty, buyers, buyer_rate, holdout_lift
FROM recommendation_performance
WHERE date >= :from_day AND date <= :to_day
  AND (:placement = '' OR placement = :placement)
  AND (:variant = '' OR variant = :variant)
ORDER BY date, placement, variant, model_version`,
  chart: { kind: 'stackedBar', x: 'date', y: ['clicks'], series: 'variant' },
};

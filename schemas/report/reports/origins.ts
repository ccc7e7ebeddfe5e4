import { money, number, share, text, whole } from '../columns.ts';
import { channel, currency, limit, range, segment } from '../parameters.ts';
import { partOf } from '../periods.ts';
import type { ChoiceParameter, Report } from '../report.ts';

const by: ChoiceParameter = {
  name: 'by',
  type: 'choice',
  values: ['channel', 'source', 'campaign'],
  default: 'channel',
  description: 'What a row is: a channel, a source of it, or a campaign of that.',
};

/** Joined to rows, with `level = :by` in WHERE, it names what a row is. */
const LEVELS = "(VALUES 'channel', 'source', 'campaign') AS levels (level)";

const levelColumns = [
  text('channel', 'Traffic channel: paid, email, social, organic, referral or direct.'),
  text('source', 'Campaign source, else the host of the referring page; empty for a row of a channel.'),
  text('campaign', 'Campaign; empty for a row of a channel or a source.'),
];

/** Channel, source and campaign as far as the level goes. */
const levelSql = (prefix = '') => `  ${prefix}channel AS channel,
  CASE WHEN level <> 'channel' THEN ${prefix}source END AS source,
  CASE WHEN level = 'campaign' THEN ${prefix}campaign END AS campaign`;

export const acquisition: Report = {
  name: 'acquisition',
  title: 'Where people came from',
  description:
    'People who were first seen in the range, by where they came from first, and what came of them by now. Money of one currency only.',
  parameters: [...range, by, segment, currency, limit()],
  columns: [
    ...levelColumns,
    whole('people', 'People first seen in the range.'),
    whole('buyers', 'Those who ordered by now.'),
    share('buyer_rate', 'Part of the people who ordered.'),
    whole('orders', 'Their orders.'),
    money('revenue', 'What these came to.'),
    money('net_revenue', 'The same less what was paid back or cancelled.'),
    money('revenue_per_person', 'net_revenue for each of the people.'),
  ],
  history: 'all',
  readsApart: true,
  sql: `WITH summed AS (
SELECT
${levelSql('first_')},
  count(*) AS people,
  count_if(orders > 0) AS buyers,
  sum(orders) AS orders,
  sum(revenue) AS revenue,
  sum(net_revenue) AS net_revenue
FROM acquisition CROSS JOIN ${LEVELS}
WHERE level = :by AND first_seen_at >= :from AND first_seen_at < :until
GROUP BY 1, 2, 3
),
placed AS (
SELECT *, row_number() OVER (ORDER BY people DESC, channel, source, campaign) AS place
FROM summed
)
SELECT
  channel, source, campaign, people, buyers, ${partOf('buyers', 'people')} AS buyer_rate, orders, revenue, net_revenue,
  CAST(net_revenue AS double) / people AS revenue_per_person
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['channel', 'source', 'campaign'], y: ['people'] },
};

export const attribution: Report = {
  name: 'attribution',
  title: 'Which touches bring orders',
  description:
    'Orders placed in the range, parted among the visits of the 30 days before them by a model. Money of one currency only.',
  parameters: [
    ...range,
    {
      name: 'model',
      type: 'choice',
      values: ['first', 'last', 'linear', 'position', 'time_decay'],
      default: 'last',
      description:
        'How an order is parted: all to the first or the last visit, evenly, 40 % each to the first and last, or half as much 7 days earlier.',
    },
    by,
    segment,
    channel,
    currency,
    limit(),
  ],
  columns: [
    ...levelColumns,
    number('orders', 'Orders, each parted among its visits.'),
    whole('touched_orders', 'Orders with any part here.'),
    money('revenue', 'What the parts came to.'),
    share('share', 'Part of all revenue of the range.'),
  ],
  history: { days: 31 },
  sql: `WITH summed AS (
SELECT
${levelSql()},
  sum(weight) AS orders,
  count(DISTINCT ROW(person_key, order_id)) AS touched_orders,
  sum(revenue) AS revenue
FROM attribution CROSS JOIN ${LEVELS}
WHERE model = :model AND level = :by AND ordered_at >= :from AND ordered_at < :until
GROUP BY 1, 2, 3
),
placed AS (
SELECT
  *,
  sum(revenue) OVER () AS all_revenue,
  row_number() OVER (ORDER BY revenue DESC, orders DESC, channel, source, campaign) AS place
FROM summed
)
SELECT channel, source, campaign, orders, touched_orders, revenue, ${partOf('revenue', 'CAST(all_revenue AS double)')} AS share
FROM placed
WHERE place <= :limit AND (:channel = '' OR channel = :channel)
ORDER BY place`,
  chart: { kind: 'rows', label: ['channel', 'source', 'campaign'], y: ['revenue'] },
};

export const marketing: Report = {
  name: 'marketing',
  title: 'What marketing costs and brings',
  description:
    'Spend beside visits, orders and revenue, by the last visit before an order. Money of one currency only. Spend is imported.',
  parameters: [...range, by, currency, limit()],
  columns: [
    ...levelColumns,
    money('cost', 'What was spent.'),
    whole('impressions', 'Times that advertisements were shown.'),
    whole('clicks', 'Clicks on them.'),
    whole('visits', 'Visits that came.'),
    whole('orders', 'Orders that are owed to them.'),
    whole('new_customers', 'First orders among them.'),
    money('revenue', 'What the orders came to.'),
    share('ctr', 'Clicks for each impression.'),
    money('cpc', 'Cost of a click.'),
    money('cpa', 'Cost of an order.'),
    money('cac', 'Cost of a new customer.'),
    number('roas', 'Revenue for each unit of cost.'),
    number('roi', 'Revenue less cost, for each unit of cost.'),
  ],
  history: 'all',
  sql: `WITH summed AS (
SELECT
${levelSql()},
  sum(cost) AS cost,
  sum(impressions) AS impressions,
  sum(clicks) AS clicks,
  sum(sessions) AS visits,
  sum(orders) AS orders,
  sum(new_customers) AS new_customers,
  sum(revenue) AS revenue
FROM marketing_performance CROSS JOIN ${LEVELS}
WHERE level = :by AND date >= :from_day AND date <= :to_day
GROUP BY 1, 2, 3
),
placed AS (
SELECT
  *,
  nullif(CAST(cost AS double), 0) AS spent,
  row_number() OVER (ORDER BY cost DESC, revenue DESC, visits DESC, channel, source, campaign) AS place
FROM summed
)
SELECT
  channel, source, campaign, cost, impressions, clicks, visits, orders, new_customers, revenue,
  ${partOf('clicks', 'impressions')} AS ctr,
  spent / nullif(clicks, 0) AS cpc,
  spent / nullif(orders, 0) AS cpa,
  spent / nullif(new_customers, 0) AS cac,
  CAST(revenue AS double) / spent AS roas,
  (CAST(revenue AS double) - spent) / spent AS roi
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['channel', 'source', 'campaign'], y: ['cost', 'revenue'] },
};

export const searchTerms: Report = {
  name: 'search-terms',
  title: 'What people search for',
  description: 'Search words in the shop, and what came of the searches.',
  parameters: [
    ...range,
    segment,
    {
      name: 'only',
      type: 'choice',
      values: ['all', 'without_results'],
      default: 'all',
      description: 'All searches, or the terms that found nothing, most often first.',
    },
    limit(),
  ],
  columns: [
    text('term', 'Search words, in small letters.'),
    whole('searches', 'Searches.'),
    whole('without_results', 'Those that found nothing.'),
    share('click_rate', 'Part after which a product was looked at.'),
    share('order_rate', 'Part after which something was ordered within a day.'),
  ],
  history: { days: 0 },
  sql: `WITH summed AS (
SELECT
  term,
  sum(searches) AS searches,
  sum(without_results) AS without_results,
  sum(clicks) AS clicks,
  sum(orders) AS orders
FROM search_terms
WHERE date >= :from_day AND date <= :to_day
GROUP BY term
),
placed AS (
SELECT
  *,
  row_number() OVER (
    PARTITION BY kind
    ORDER BY CASE kind WHEN 'all' THEN searches ELSE without_results END DESC, searches DESC, term
  ) AS place
FROM summed CROSS JOIN (VALUES 'all', 'without_results') AS kinds (kind)
WHERE kind = :only AND (kind = 'all' OR without_results > 0)
)
SELECT
  term, searches, without_results, ${partOf('clicks', 'searches')} AS click_rate,
  ${partOf('orders', 'searches')} AS order_rate
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['term'], y: ['searches'] },
};

import { day, seconds, share, text, whole } from '../columns.ts';
import { channel, limit, period, range, segment } from '../parameters.ts';
import { PERIODS, partOf, periodOf } from '../periods.ts';
import type { Report } from '../report.ts';

/** A visit that began a little before the range is not one of it: a day of arrival tells when it began. */
const history = { days: 1 } as const;

const visits = whole('visits', 'Visits: what a person did without a break of 30 minutes, robots aside.');
const visitors = whole('visitors', 'People who made them.');
const bounceRate = share('bounce_rate', 'Part of the visits that saw one page and did nothing else.');
const averageSeconds = seconds('average_seconds', 'Average length of a visit.');
const orders = whole('orders', 'Orders completed in these visits.');
const orderRate = share('order_rate', 'Part of the visits in which an order was completed.');

const measures = `count(*) AS visits,
  count(DISTINCT person_key) AS visitors,
  ${partOf('count_if(is_bounce)', 'count(*)')} AS bounce_rate,
  avg(CAST(duration_seconds AS double)) AS average_seconds,
  sum(orders) AS orders,
  ${partOf('count_if(orders > 0)', 'count(*)')} AS order_rate`;

const measured = [visits, visitors, bounceRate, averageSeconds, orders, orderRate];
const ofRange = "started_at >= :from AND started_at < :until AND (:channel = '' OR channel = :channel)";

export const traffic: Report = {
  name: 'traffic',
  title: 'Visits by channel',
  description: 'How many visits each channel brings over time, and what comes of them.',
  parameters: [...range, period, segment, channel],
  columns: [
    day('date', 'First day of the period, UTC.'),
    text('channel', 'Where the visits came from: paid, email, social, organic, referral or direct.'),
    ...measured,
    whole('page_views', 'Pages and screens seen.'),
  ],
  history,
  sql: `SELECT
  ${periodOf('started_at')} AS date,
  channel,
  ${measures},
  sum(page_views) AS page_views
FROM visits CROSS JOIN ${PERIODS}
WHERE period = :period AND ${ofRange}
GROUP BY 1, 2
ORDER BY date, visits DESC, channel`,
  chart: { kind: 'stackedBar', x: 'date', y: ['visits'], series: 'channel' },
};

export const trafficSources: Report = {
  name: 'traffic-sources',
  title: 'Where visits come from',
  description: 'Sources, media and campaigns with the most visits, and what comes of these.',
  parameters: [...range, segment, channel, limit()],
  columns: [
    text('channel', 'Traffic channel.'),
    text('source', 'Campaign source, else the host of the referring page.'),
    text('medium', 'Campaign medium.'),
    text('campaign', 'Campaign name.'),
    ...measured,
  ],
  history,
  sql: `WITH origins AS (
SELECT
  channel, source, medium, campaign,
  ${measures}
FROM visits
WHERE ${ofRange}
GROUP BY 1, 2, 3, 4
),
placed AS (
SELECT *, row_number() OVER (ORDER BY visits DESC, channel, source, medium, campaign) AS place
FROM origins
)
SELECT channel, source, medium, campaign, visits, visitors, bounce_rate, average_seconds, orders, order_rate
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['channel', 'source', 'campaign'], y: ['visits'] },
};

export const devices: Report = {
  name: 'devices',
  title: 'Visits by device',
  description: 'What people visit with.',
  parameters: [...range, segment, channel],
  columns: [text('device_type', 'desktop, mobile, tablet, tv or other.'), ...measured],
  history,
  sql: `SELECT
  device_type,
  ${measures}
FROM visits
WHERE ${ofRange}
GROUP BY 1
ORDER BY visits DESC, device_type`,
  chart: { kind: 'rows', label: ['device_type'], y: ['visits'] },
};

export const pages: Report = {
  name: 'pages',
  title: 'Most seen pages',
  description: 'Pages and screens that people see most, robots aside.',
  parameters: [...range, segment, limit()],
  columns: [
    text('page_path', 'Path of the page, or name of the screen.'),
    text('page_title', 'Its last title.'),
    whole('views', 'Times it was seen.'),
    whole('visitors', 'People who saw it.'),
    share('share', 'Part of all pages seen.'),
  ],
  history: { days: 0 },
  sql: `WITH seen AS (
SELECT
  page_path,
  max_by(page_title, viewed_at) AS page_title,
  count(*) AS views,
  count(DISTINCT person_key) AS visitors
FROM page_views
WHERE viewed_at >= :from AND viewed_at < :until
GROUP BY page_path
),
placed AS (
SELECT *, sum(views) OVER () AS all_views, row_number() OVER (ORDER BY views DESC, page_path) AS place
FROM seen
)
SELECT page_path, page_title, views, visitors, ${partOf('views', 'all_views')} AS share
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['page_path'], y: ['views'] },
};

export const landingPages: Report = {
  name: 'landing-pages',
  title: 'Pages on which visits begin',
  description: 'Which pages people arrive on, and what comes of the visit.',
  parameters: [...range, segment, channel, limit()],
  columns: [text('entrance_page', 'Path of the first page of the visit, or name of its first screen.'), ...measured],
  history,
  sql: `WITH entered AS (
SELECT
  entrance_page,
  ${measures}
FROM visits
WHERE entrance_page IS NOT NULL AND ${ofRange}
GROUP BY 1
),
placed AS (
SELECT *, row_number() OVER (ORDER BY visits DESC, entrance_page) AS place
FROM entered
)
SELECT entrance_page, visits, visitors, bounce_rate, average_seconds, orders, order_rate
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['entrance_page'], y: ['visits'] },
};

import { describe, expect, test } from 'vitest';
import { builtInSegments } from '../../../shared/segments/built-in-segments.ts';
import { membersSql } from '../../../shared/segments/sql/members.ts';
import { rfmQuintilesSql } from '../../../shared/segments/sql/rfm-quintiles.ts';
import { aSegment } from '../../shared/segments/sql/a-segment.ts';
import { goldenLake, table } from './golden.ts';
import { identify, merge, moment, order, page, screen, track } from './history.ts';

const world = goldenLake();
const { happened, show } = world;

const CRAWLER = { context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } };

describe('retention', () => {
  const retention = (period: string) =>
    show(`
      SELECT cohort, period_number AS number, cohort_size AS size, active, retention_rate AS rate, buyers, is_complete AS over
      FROM retention WHERE period = '${period}' ORDER BY cohort, period_number`);

  /** Ada and Bob come on Monday 2 March, Cleo on Thursday 5 March; Ada comes back on the 3rd and the 10th, Bob on 1 April. */
  const visits = [
    page('ada', '03-02 09:00', '/'),
    page('bob', '03-02 23:59:59.999', '/'),
    order('ada', '03-03 00:00', 'o-1', 10),
    screen('cleo', '03-05 09:00', 'Home'),
    identify('ada', '03-10 09:00'),
    page('robot', '03-03 09:00', '/', CRAWLER),
    order('cleo', '03-10 10:00', 'o-2', 10),
  ];

  test('follows those who were first here on a day, with the days on which nobody came', async () => {
    await happened(...visits);
    const days = await retention('day');
    expect(days.slice(0, 4)).toEqual(
      table(`
        cohort     | number | size | active | rate | buyers | over
        2026-03-02 | 0      | 2    | 2      | 1    | 0      | true
        2026-03-02 | 1      | 2    | 1      | 0.5  | 1      | true
        2026-03-02 | 2      | 2    | 0      | 0    | 0      | true
      `),
    );
    expect(days.slice(8)).toEqual(
      table(`
        2026-03-02 | 7      | 2    | 0      | 0    | 0      | true
        2026-03-02 | 8      | 2    | 1      | 0.5  | 0      | false
        2026-03-05 | 0      | 1    | 1      | 1    | 0      | true
        2026-03-05 | 1      | 1    | 0      | 0    | 0      | true
        2026-03-05 | 2      | 1    | 0      | 0    | 0      | true
        2026-03-05 | 3      | 1    | 0      | 0    | 0      | true
        2026-03-05 | 4      | 1    | 0      | 0    | 0      | true
        2026-03-05 | 5      | 1    | 1      | 1    | 1      | false
      `),
    );
  });

  test('has weeks from Monday, and months', async () => {
    await happened(...visits, page('bob', '04-01 08:00', '/'), page('dora', '03-31 08:00', '/'));
    expect((await retention('week')).slice(0, 6)).toEqual(
      table(`
        cohort     | number | size | active | rate              | buyers | over
        2026-03-02 | 0      | 3    | 3      | 1                 | 1      | true
        2026-03-02 | 1      | 3    | 2      | 0.6666666666666666| 1      | true
        2026-03-02 | 2      | 3    | 0      | 0                 | 0      | true
        2026-03-02 | 3      | 3    | 0      | 0                 | 0      | true
        2026-03-02 | 4      | 3    | 1      | 0.3333333333333333| 0      | false
      `),
    );
    expect(await retention('month')).toEqual(
      table(`
        cohort     | number | size | active | rate | buyers | over
        2026-03-01 | 0      | 4    | 4      | 1    | 2      | true
        2026-03-01 | 1      | 4    | 1      | 0.25 | 0      | false
      `),
    );
  });

  test('takes all keys of a person for one', async () => {
    await happened(page('?x', '03-02 09:00', '/'), page('ada', '03-03 09:00', '/'), merge('?x', 'ada', '03-03 10:00'));
    expect(await retention('day')).toEqual(
      table(`
        cohort     | number | size | active | rate | buyers | over
        2026-03-02 | 0      | 1    | 1      | 1    | 0      | true
        2026-03-02 | 1      | 1    | 1      | 1    | 0      | false
      `),
    );
  });

  test('ends after 90 days', async () => {
    await happened(page('ada', '01-01 09:00', '/'), page('ada', '05-01 09:00', '/'));
    const days = (await retention('day')).slice(1);
    expect(days).toHaveLength(91);
    expect(days.at(-1)?.slice(0, 4)).toEqual(['2026-01-01', '90', '1', '0']);
  });
});

describe('lifecycle', () => {
  const NOW = '06-30 12:00';

  test('tells the stage of each person as of the newest event', async () => {
    await happened(
      page('new', '05-01 00:00', '/', CRAWLER),
      page('new', '05-31 00:00', '/'),
      page('almost-new', '05-30 23:59', '/'),
      page('almost-new', '06-20 09:00', '/'),
      page('activated', '01-01 09:00', '/'),
      page('activated', '03-20 09:00', '/'),
      order('activated', '05-31 09:00', 'o-1', 10),
      order('activated', '05-31 09:00', 'o-1', 10),
      order('activated', '06-01 09:00', 'o-2', 10),
      order('long-active', '05-30 09:00', 'o-3', 10),
      page('long-active', '06-20 09:00', '/'),
      page('at-risk', '05-30 09:00', '/'),
      page('almost-lapsed', '04-01 09:00', '/'),
      page('lapsed', '03-31 09:00', '/'),
      page('returned', '01-01 09:00', '/'),
      page('returned', '03-20 09:00', '/', CRAWLER),
      page('returned', '06-01 09:00', '/'),
      page('after-ninety-days', '03-03 09:00', '/'),
      page('after-ninety-days', '06-01 09:00', '/'),
      page('robot', '06-01 09:00', '/', CRAWLER),
      page('clock', NOW, '/', CRAWLER),
    );
    expect(
      await show('SELECT person_key, stage, orders, first_order_at, last_order_at FROM lifecycle ORDER BY 1'),
    ).toEqual(
      table(`
        person_key             | stage     | orders | first_order_at | last_order_at
        user:activated         | activated | 2      | 05-31 09:00    | 06-01 09:00
        user:after-ninety-days | active    | 0      |                |
        user:almost-lapsed     | atRisk    | 0      |                |
        user:almost-new        | active    | 0      |                |
        user:at-risk           | atRisk    | 0      |                |
        user:lapsed            | lapsed    | 0      |                |
        user:long-active       | active    | 1      | 05-30 09:00    | 05-30 09:00
        user:new               | new       | 0      |                |
        user:returned          | returned  | 0      |                |
      `),
    );
    expect(
      await show("SELECT first_seen_at, last_seen_at, as_of FROM lifecycle WHERE person_key = 'user:returned'"),
    ).toEqual(
      table(`
        first_seen_at | last_seen_at | as_of
        01-01 09:00   | 06-01 09:00  | ${NOW}
      `),
    );

    for (const id of ['new', 'activated', 'active', 'at-risk', 'lapsed', 'returned']) {
      const stage = id === 'at-risk' ? 'atRisk' : id;
      const { sql } = membersSql(builtInSegments, `lifecycle-${id}`, { asOf: moment(NOW) });
      const members = await world.lake.rows(sql);
      const people = await world.lake.rows(`SELECT person_key FROM lifecycle WHERE stage = '${stage}'`);
      expect(people.flat().sort(), stage).toEqual(members.map(([key]) => key).sort());
    }
  });
});

describe('rfm', () => {
  const scores = () =>
    show(`
      SELECT person_key AS person, recency_days AS days, frequency AS n, monetary AS money, recency_score AS r,
        frequency_score AS f, monetary_score AS m, segment
      FROM rfm ORDER BY 1`);

  test('gives each customer a fifth by each measure', async () => {
    await happened(
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((n) =>
        Array.from({ length: n }, (_, at) => order(`c-${10 + n}`, `03-${10 + n} 09:0${at}`, `o-${n}-${at}`, 10)),
      ),
      page('ada', '03-20 10:00', '/'),
    );
    // Of ten customers the bounds are the 2nd, 4th, 6th and 8th value; a value at a bound reaches the fifth above it.
    expect(await scores()).toEqual(
      table(`
        person    | days | n  | money | r | f | m | segment
        user:c-11 | 9    | 1  | 10    | 1 | 1 | 1 | Hibernating
        user:c-12 | 8    | 2  | 20    | 1 | 2 | 2 | Hibernating
        user:c-13 | 7    | 3  | 30    | 2 | 2 | 2 | About to sleep
        user:c-14 | 6    | 4  | 40    | 2 | 3 | 3 | At risk
        user:c-15 | 5    | 5  | 50    | 3 | 3 | 3 | Loyal customers
        user:c-16 | 4    | 6  | 60    | 3 | 4 | 4 | Loyal customers
        user:c-17 | 3    | 7  | 70    | 4 | 4 | 4 | Champions
        user:c-18 | 2    | 8  | 80    | 4 | 5 | 5 | Champions
        user:c-19 | 1    | 9  | 90    | 5 | 5 | 5 | Champions
        user:c-20 | 0    | 10 | 100   | 5 | 5 | 5 | Champions
      `),
    );
  });

  test('takes refunds and cancellations off, and leaves out who has no order left in the currency', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 100),
      track('ada', '10:00', 'Order Refunded', { order_id: 'o-1', total: 130, currency: 'USD' }),
      order('bob', '09:00', 'o-2', 50),
      order('bob', '09:10', 'o-3', 70),
      track('bob', '09:20', 'Order Cancelled', { order_id: 'o-3', total: 70, currency: 'USD' }),
      order('cleo', '09:00', 'o-4', 10, { currency: 'EUR' }),
      order('dora', '09:00', 'o-5', 10),
      track('dora', '09:20', 'Order Cancelled', { order_id: 'o-5', total: 10, currency: 'USD' }),
      order('eve', '09:00', 'o-6', 10, { currency: 'EUR' }),
      order('eve', '09:01', 'o-7', 20),
    );
    expect(await show('SELECT person_key AS person, frequency AS n, monetary, currency FROM rfm ORDER BY 1')).toEqual(
      table(`
        person   | n | monetary | currency
        user:ada | 1 | -30      | USD
        user:bob | 1 | 50       | USD
        user:eve | 2 | 20       | USD
      `),
    );
  });

  test('gives customers of one value one score, and one alone a segment', async () => {
    await happened(order('ada', '09:00', 'o-1', 10));
    expect((await scores())[1]).toEqual(['user:ada', '0', '1', '10', '5', '2', '2', 'Promising']);

    await happened(
      ...['bob', 'cleo', 'dora', 'eve'].map((who) => order(who, '09:00', `o-${who}`, 10)),
      order('fay', '09:00', 'o-2', 10),
      order('fay', '09:00', 'o-3', 10),
    );
    const found = (await scores()).slice(1);
    expect(new Set(found.slice(0, 5).map((row) => row.slice(1).join()))).toEqual(new Set(['0,1,10,5,2,2,Promising']));
    expect(found[5]?.slice(4)).toEqual(['5', '5', '5', 'Champions']);
  });

  test('agrees with the condition of a segment whose bounds are the quintiles', async () => {
    await happened(
      ...[3, 9, 1, 7, 2, 8, 6, 4, 5, 11, 13].flatMap((n, place) =>
        Array.from({ length: n }, (_, at) =>
          order(`c-${place}`, `03-${10 + n} 09:${10 + at}`, `o-${n}-${at}`, 10 + ((7 * place) % 11) + at / 4),
        ),
      ),
    );
    const asOf = moment('03-23 12:00');
    await happened(page('clock', '03-23 12:00', '/'));
    const [[, recency, frequency, monetary] = []] = await world.lake.rows(rfmQuintilesSql('USD', { asOf }).sql);
    const scale = {
      recencyDays: JSON.parse(recency ?? ''),
      frequency: JSON.parse(frequency ?? ''),
      monetary: JSON.parse(monetary ?? ''),
    };
    for (const measure of ['recency', 'frequency', 'monetary'] as const) {
      for (const score of [1, 2, 3, 4, 5]) {
        const range = { from: score, to: score };
        const segment = aSegment({ type: 'rfm', currency: 'USD', scale, [measure]: range });
        const members = await world.lake.rows(membersSql([segment], segment.id, { asOf }).sql);
        const people = await world.lake.rows(`SELECT person_key FROM rfm WHERE ${measure}_score = ${score}`);
        expect(people.flat().sort(), `${measure} ${score}`).toEqual(members.map(([key]) => key).sort());
      }
    }
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWatch, type WatchProps, type WatchState } from '../../../functions/watch/watch.ts';
import type { AlertsRecord } from '../../../schemas/stream/control.ts';
import type { WatchRule } from '../../../schemas/watch.ts';
import { type ALake, aLake, lakeCatalog } from '../../fixtures/a-lake.ts';
import { anEnvelope, anOrder, aPage, aRecord, nextMessageId } from '../../fixtures/events.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const views = Object.fromEntries(
  lakeCatalog.tables.flatMap((table) => (table.kind === 'view' ? [[table.name, table.viewSql ?? '']] : [])),
);
const DAY = 86_400_000;
/** A Monday. */
const NOON = Date.parse('2026-03-02T12:15:00Z');

/** Sessions before noon and after, so many of them with an order, as they arrive on a day. */
async function aDay(start: number, { sessions, orders }: { sessions: number; orders: number }): Promise<void> {
  const records = [9, 18].flatMap((hour) =>
    Array.from({ length: sessions }, (_, index) => {
      const time = start + hour * 3_600_000 + index * 1000;
      const timestamp = new Date(time).toISOString();
      const common = { userId: `u-${nextMessageId()}`, timestamp };
      const events = [
        aPage(common),
        ...(index < orders
          ? [
              anOrder({
                ...common,
                properties: { order_id: nextMessageId(), total: 50, currency: 'USD', products: [] },
              }),
            ]
          : []),
      ];
      return aRecord(anEnvelope(events, { receivedAt: timestamp, sentAt: timestamp }), { arrivedAt: time });
    }),
  );
  await lake.land(...records.filter((record) => record.arrivedAt <= watch.now - 60_000));
}

const MIDNIGHT = Math.floor(NOON / DAY) * DAY;

/** Eight Mondays and the days between that are none of their business, then today. */
async function weeks(today: { sessions: number; orders: number }): Promise<void> {
  for (let week = 1; week <= 8; week += 1) await aDay(MIDNIGHT - week * 7 * DAY, { sessions: 20, orders: 10 });
  await aDay(MIDNIGHT - DAY, { sessions: 20, orders: 1 });
  await aDay(MIDNIGHT, today);
}

const conversion: WatchRule = {
  id: 'conversion-falls',
  metric: 'conversion',
  direction: 'falls',
  change: 0.2,
  least: 10,
};

class Watch {
  now = NOON;
  lines: string[] = [];
  state: { state: WatchState; etag: string } | undefined;
  published: AlertsRecord[] = [];
  /** Throws where a test kills the sandbox. */
  afterPublish: () => void = () => undefined;

  look = (over: Partial<WatchProps> = {}) =>
    createWatch({
      rules: [conversion],
      query: ({ sql, parameters }) => lake.objects(sql, parameters),
      publish: async (records) => {
        this.published.push(...records);
        for (const record of records) await lake.land(aRecord(record, { arrivedAt: this.now }));
        this.afterPublish();
      },
      state: {
        read: async () => this.state,
        write: async (state, over) => {
          if (this.state?.etag !== over) return undefined;
          this.state = { state, etag: String(state.version) };
          return this.state.etag;
        },
      },
      database: lakeCatalog.database,
      views,
      namespace: 'Headwater-test',
      clock: () => this.now,
      print: (line) => void this.lines.push(line),
      ...over,
    })();

  alerts = () => lake.objects('SELECT alert_id, rule, date, metric, value, expected, raised_at FROM alerts ORDER BY 1');
  /** The last metric that was told. */
  metric = () => JSON.parse(this.lines.findLast((line) => line.includes('_aws')) ?? '{}');
}
let watch: Watch;
beforeEach(() => {
  watch = new Watch();
});

test('raises an alert when the conversion of today falls against the same weekdays up to the same hour', async () => {
  await weeks({ sessions: 20, orders: 7 });
  expect(await watch.look()).toEqual({ raised: ['conversion-falls:2026-03-02'], waiting: [] });
  expect(await watch.alerts()).toEqual([
    {
      alert_id: 'conversion-falls:2026-03-02',
      rule: 'conversion-falls',
      date: '2026-03-02',
      metric: 'conversion',
      value: '0.35',
      expected: '0.5',
      raised_at: '2026-03-02 12:15:00.000',
    },
  ]);
  expect(watch.metric()).toMatchObject({
    Alerts: 1,
    _aws: { CloudWatchMetrics: [{ Namespace: 'Headwater-test', Dimensions: [[]], Metrics: [{ Name: 'Alerts' }] }] },
  });
});

test('stays silent on a day like the others, and says that it looked', async () => {
  await weeks({ sessions: 20, orders: 10 });
  const counts = (['sessions', 'orders', 'revenue'] as const).map(
    (metric): WatchRule => ({ id: metric, metric, direction: 'falls', change: 0.05, least: 1 }),
  );
  expect(await watch.look({ rules: [conversion, ...counts] })).toEqual({ raised: [], waiting: [] });
  expect(await watch.alerts()).toEqual([]);
  expect(watch.metric()).toMatchObject({ Alerts: 0 });
});

test('raises once a day, and anew on the next', async () => {
  await weeks({ sessions: 20, orders: 7 });
  await watch.look();
  watch.now += 3_600_000;
  expect((await watch.look()).raised).toEqual([]);
  watch.now += 7 * DAY;
  await aDay(MIDNIGHT + 7 * DAY, { sessions: 20, orders: 3 });
  expect((await watch.look()).raised).toEqual(['conversion-falls:2026-03-09']);
  expect(await watch.alerts()).toHaveLength(2);
});

test('raises again what a killed look may not have raised, and the view shows it once', async () => {
  await weeks({ sessions: 20, orders: 7 });
  watch.afterPublish = () => {
    throw new Error('killed');
  };
  await expect(watch.look()).rejects.toThrow('killed');
  watch.afterPublish = () => undefined;
  watch.now += 3_600_000;
  expect((await watch.look()).raised).toEqual(['conversion-falls:2026-03-02']);
  expect(watch.published).toHaveLength(2);
  expect(await watch.alerts()).toMatchObject([{ raised_at: '2026-03-02 12:15:00.000' }]);
});

test('keeps in quiet hours what it noticed, and raises it afterwards, though all is well again', async () => {
  await weeks({ sessions: 20, orders: 7 });
  const quietHours = { timeZone: 'UTC', from: '12:00', to: '14:00' };
  expect(await watch.look({ quietHours })).toEqual({ raised: [], waiting: ['conversion-falls:2026-03-02'] });
  expect(watch.metric()).toMatchObject({ Alerts: 0 });
  expect(await watch.alerts()).toEqual([]);
  watch.now = Date.parse('2026-03-03T14:05:00Z');
  await lake.clear();
  expect(await watch.look({ quietHours })).toEqual({ raised: ['conversion-falls:2026-03-02'], waiting: [] });
  expect(await watch.alerts()).toMatchObject([{ date: '2026-03-02', raised_at: '2026-03-03 14:05:00.000' }]);
});

test('rings when the quality of today’s data falls below its threshold', async () => {
  await weeks({ sessions: 20, orders: 10 });
  const quality = (threshold: number): WatchRule => ({
    id: 'quality-low',
    metric: 'quality',
    direction: 'falls',
    threshold,
    least: 10,
  });
  expect((await watch.look({ rules: [quality(1)] })).raised).toEqual([]);
  expect((await watch.look({ rules: [quality(100.1)] })).raised).toEqual(['quality-low:2026-03-02']);
});

test('rings when nothing comes any more', async () => {
  await weeks({ sessions: 0, orders: 0 });
  const sessions: WatchRule = { id: 'sessions-fall', metric: 'sessions', direction: 'falls', change: 0.5, least: 10 };
  expect((await watch.look({ rules: [sessions, conversion] })).raised).toEqual(['sessions-fall:2026-03-02']);
});

test('says nothing in a lake without history', async () => {
  await aDay(MIDNIGHT, { sessions: 20, orders: 1 });
  expect((await watch.look()).raised).toEqual([]);
  await lake.clear();
  expect((await watch.look()).raised).toEqual([]);
});

test('what happened on other days, or arrived on another, changes nothing', async () => {
  await weeks({ sessions: 20, orders: 10 });
  const old = new Date(MIDNIGHT - 7 * DAY + 3_600_000).toISOString();
  const imported = Array.from({ length: 40 }, () => aPage({ userId: nextMessageId(), timestamp: old }));
  const receivedAt = new Date(watch.now - 1000).toISOString();
  await lake.land(aRecord(anEnvelope(imported, { receivedAt, sentAt: receivedAt }), { arrivedAt: watch.now - 1000 }));
  const rises: WatchRule = { id: 'sessions', metric: 'sessions', direction: 'rises', change: 0.05, least: 1 };
  expect((await watch.look({ rules: [conversion, rises] })).raised).toEqual([]);
});

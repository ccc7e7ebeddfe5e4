import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withheldItem } from '../../../shared/clean/failed.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { landedKey } from '../../../shared/lake/object-key.ts';
import { parquetFile } from '../../../shared/lake/parquet/parquet-file.ts';
import { hasMessages, readBatch } from '../../../shared/lake/read-batch.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anOrder, aPage, aTrack } from '../../fixtures/events.ts';
import { arriving } from './arriving.ts';

const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const nobody = { userId: undefined };

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
afterEach(() => lake.clear());

const days = async (columns: string) => lake.rows(`SELECT ${columns} FROM data_quality_daily ORDER BY date`);
const numbers = (row: readonly (string | null)[] = []) => row.map((cell) => (cell === null ? null : Number(cell)));

describe('data_quality_daily', () => {
  test('counts what was received as events, duplicates and rejected messages', async () => {
    const page = aPage();
    const order = anOrder();
    await lake.land(
      arriving('2026-03-01T10:00:00Z', [page, order]),
      arriving('2026-03-01T10:01:00Z', [order, aTrack(nobody), aTrack(nobody), { type: 'track', userId: 'u' }]),
    );
    await lake.land(arriving('2026-03-02T10:00:00Z', [page, aTrack()]));

    expect(await days('date, received, events, duplicates, rejected, rejects_by_reason')).toEqual([
      ['2026-03-01', '6', '2', '1', '3', '{"missing_event_name":1,"missing_ids":2}'],
      ['2026-03-02', '2', '1', '1', '0', '{}'],
    ]);
  });

  test('leaves out what may not be stored', async () => {
    const refused = arriving('2026-03-01T10:00:00Z', [
      aPage({ context: { consent: { categoryPreferences: { analytics: false } } } }),
    ]);
    const broken = arriving('2026-03-01T10:00:00Z', [aTrack(nobody)]);
    await lake.land(arriving('2026-03-01T10:00:00Z', [aPage()]));
    for (const [record, reason] of [
      [refused, 'no_consent'],
      [arriving('2026-03-01T10:00:00Z', [aPage()]), 'erased'],
      [broken, 'missing_ids'],
    ] as const) {
      const batch = readBatch([record]).filter(hasMessages);
      const withheld = batch.map((read) => ({
        ...read,
        cleaned: { ...read.cleaned, items: [withheldItem(read.cleaned, 0, reason as 'erased')] },
      }));
      for (const rows of landedRows(reason === 'missing_ids' ? batch : withheld).filter(({ count }) => count > 0)) {
        await lake.put(landedKey(rows.table.name, record), parquetFile(rows));
      }
    }
    expect(await lake.rows('SELECT count(*) FROM raw WHERE payload IS NULL')).toEqual([['2']]);
    expect(await days('received, events, rejected, rejects_by_reason, validity')).toEqual([
      ['2', '1', '1', '{"missing_ids":1}', '50.0'],
    ]);
  });

  test('counts a rejected message on the day of its arrival still, when a replay has mended it', async () => {
    const broken = arriving('2026-03-01T10:00:00Z', [aTrack({ ...nobody, messageId: 'm' })]);
    const { shardId, sequenceNumber } = broken;
    const replay = { id: 'r', reason: 'missing_ids', sourceId: 'local', messageId: 'm', shardId, sequenceNumber };
    const mended = aTrack({ messageId: 'm', userId: 'ada' });
    await lake.land(broken);
    await lake.land(arriving('2026-03-04T10:00:00Z', [mended], { replay: { ...replay, index: 0, isRecord: false } }));

    expect(await lake.rows('SELECT count(*) FROM failed_events')).toEqual([['0']]);
    expect(await days('date, received, events, duplicates, rejected')).toEqual([
      ['2026-03-01', '1', '0', '0', '1'],
      ['2026-03-04', '1', '1', '0', '0'],
    ]);
  });

  test('adds up for whatever arrives, again and again', async () => {
    const kinds = fc.constantFrom('good', 'rejected', 'nameless');
    const arrival = fc.record({ day: fc.integer({ min: 1, max: 3 }), id: fc.nat(5), kind: kinds });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 30 }), async (arrivals) => {
        await lake.clear();
        const ids = { good: { userId: 'ada' }, rejected: nobody, nameless: { userId: 'ada', event: undefined } };
        for (const { day, id, kind } of arrivals) {
          await lake.land(
            arriving(`2026-03-0${day}T10:00:00Z`, [aTrack({ messageId: `${kind}-${id}`, ...ids[kind] })]),
          );
        }
        const rows = (await days('received, events, duplicates, rejected')).map(numbers);

        for (const [received = 0, events = 0, duplicates = 0, rejected = 0] of rows as number[][]) {
          expect(events + duplicates + rejected).toBe(received);
          expect(duplicates).toBeGreaterThanOrEqual(0);
        }
        const good = arrivals.filter(({ kind }) => kind === 'good');
        const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
        expect(sum(0)).toBe(arrivals.length);
        expect(sum(1)).toBe(new Set(good.map(({ id }) => id)).size);
        expect(sum(3)).toBe(arrivals.length - good.length);
      }),
      { numRuns: 15 },
    );
  });

  test('counts robots, late events, wrong clocks, flags and changes', async () => {
    const at = (moment: string, more = {}) => aTrack({ at: moment, ...more });
    await lake.land(
      arriving('2026-03-03T10:00:00Z', [
        at('2026-03-03T09:00:00Z'),
        at('2026-03-03T08:59:59Z'),
        at('2026-03-01T09:00:00Z'),
        at('1999-01-01T00:00:00Z'),
        aTrack({ context: { userAgent: CRAWLER } }),
        aTrack({ properties: { product_id: 'p', price: 250_000, currency: 'USD' } }),
      ]),
      arriving('2026-03-03T10:00:00Z', [aTrack()], { sentAt: '2026-03-03T06:00:00Z' }),
      arriving('2026-03-03T10:00:00Z', [at('2020-01-01T00:00:00Z')], { sourceId: 'import:history' }),
    );

    const columns =
      'events, bots, imported, late_over_hour, late_over_day, clock_corrected, time_unknown, flagged, changed, doubtful';
    // Flagged: late twice (one of them imported), clamped, outlying price, skewed. Changed: value_from_price on all.
    expect(await days(columns)).toEqual([['8', '1', '1', '2', '1', '1', '1', '5', '8', '2']]);
  });

  test('scores what is there of what should be', async () => {
    const { currency: _, ...withoutCurrency } = anOrder().properties as Record<string, unknown>;
    await lake.land(
      arriving('2026-03-01T10:00:00Z', [
        aPage(),
        aPage({ ...nobody, anonymousId: 'a', properties: {} }),
        aTrack({ at: '2026-03-01T07:00:00Z' }),
        anOrder({ properties: { ...withoutCurrency, order_id: undefined } }),
        aTrack(nobody),
      ]),
    );
    const shares =
      'user_id_share, page_path_share, product_id_share, order_id_share, order_amount_share, order_currency_share, order_products_share';

    expect((await days(shares)).map(numbers)).toEqual([[0.75, 0.5, 1, 0, 1, 0, 1]]);
    const [scores] = (await days('completeness, uniqueness, timeliness, validity, overall')).map(numbers);
    // Of 2 paths, 1 product and 4 fields of an order, 1 + 1 + 2 are there.
    const expected = [(100 * 4) / 7, 100, 75, 80];
    expected.push(0.3 * (400 / 7) + 0.2 * 100 + 0.2 * 75 + 0.3 * 80);
    expect(scores?.map((score) => score?.toFixed(9))).toEqual(expected.map((score) => score.toFixed(9)));
  });

  test('leaves out of the scores what there is nothing to tell by', async () => {
    await lake.land(arriving('2026-03-01T10:00:00Z', [aTrack(nobody), aTrack(nobody)]));
    expect(await days('completeness, uniqueness, timeliness, validity, overall, product_id_share')).toEqual([
      [null, '100.0', null, '0.0', '40.0', null],
    ]);
  });

  test('tells the names and properties that were never there before', async () => {
    const custom = (properties: object) => aTrack({ event: 'Quiz "A"', properties });
    await lake.land(arriving('2026-03-01T10:00:00Z', [aPage(), custom({ a: 1 })]));
    await lake.land(
      arriving('2026-03-02T10:00:00Z', [aPage(), custom({}), aTrack({ event: 'Zoomed', properties: {} })]),
    );
    await lake.land(
      arriving('2026-03-03T10:00:00Z', [custom({ a: 1, 'c"': { d: 1 }, b: null }), aTrack({ event: 'Zoomed' })]),
    );
    await lake.land(arriving('2026-03-04T10:00:00Z', [custom({ b: 2 })]));

    const told = await days('new_event_count, new_event_names, new_property_count, new_property_names');
    expect(told.map((row) => row.map((cell) => JSON.parse(cell ?? '')))).toEqual([
      [2, ['Page Viewed', 'Quiz "A"'], 0, []],
      [1, ['Zoomed'], 0, []],
      [
        0,
        [],
        7,
        [
          'Quiz "A".b',
          'Quiz "A".c"',
          ...['category', 'currency', 'name', 'price', 'product_id'].map((name) => `Zoomed.${name}`),
        ],
      ],
      [0, [], 0, []],
    ]);
  });

  test('lists a hundred new names at most, and counts all', async () => {
    const many = Array.from({ length: 103 }, (_, at) => aTrack({ event: `Event ${1000 + at}`, properties: {} }));
    await lake.land(arriving('2026-03-01T10:00:00Z', many));
    const [[count, names] = []] = await days('new_event_count, new_event_names');
    expect(count).toBe('103');
    expect(JSON.parse(names ?? '')).toHaveLength(100);
  });
});

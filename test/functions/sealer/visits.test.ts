import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import {
  type Happening,
  identify,
  merge,
  onSite,
  order,
  page,
  recordsByDay,
  screen,
  track,
} from '../../schemas/views/history.ts';
import { ASealer, Killed } from './a-sealer.ts';

let lake: ALake;
beforeEach(async () => {
  lake = await aLake();
});
afterEach(() => lake[Symbol.asyncDispose]());

const MINUTE = 60_000;
const START = Date.parse('2026-03-01T23:00:00Z');
const clock = (at: number) => new Date(at).toISOString().slice(5, 23).replace('T', ' ');

/** Gaps about half an hour, over midnight and days, and events of one moment. */
const gap = fc.constantFrom(0, 1, 5 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, 50 * MINUTE, 9 * 60 * MINUTE);
const kinds = ['page', 'source', 'screen', 'view', 'add', 'remove', 'checkout', 'order', 'email', 'late'] as const;
const happenings: fc.Arbitrary<Happening[]> = fc
  .array(fc.record({ who: fc.constantFrom('ada', '?x', '?y', 'bob'), kind: fc.constantFrom(...kinds), gap }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((steps) => {
    let at = START;
    return steps.map(({ who, kind, gap: waited }, index) => {
      at += waited;
      return happening(kind, who, at, index);
    });
  });

function happening(kind: (typeof kinds)[number], who: string, at: number, index: number): Happening {
  const time = clock(at);
  const currency = index % 3 === 0 ? 'EUR' : 'USD';
  const product = { product_id: `p-${index % 3}`, price: 3.33, quantity: (index % 4) + 0.5, currency };
  if (kind === 'page') return page(who, time, `/${index}`, index % 2 === 0 ? { from: onSite } : {});
  if (kind === 'source') return page(who, time, `/${index}?utm_source=s${index % 2}&utm_medium=email`);
  if (kind === 'screen') return screen(who, time, `s${index}`);
  if (kind === 'view') return track(who, time, 'Product Viewed', product);
  if (kind === 'add') return track(who, time, 'Product Added', product);
  if (kind === 'remove') return track(who, time, 'Product Removed', product);
  if (kind === 'checkout') return track(who, time, 'Checkout Started');
  if (kind === 'order') return order(who, time, `o-${index % 4}`, (index + 1) * 3.3333);
  if (kind === 'email') return track(who, time, 'Email Opened');
  return track(who, time, 'Product Viewed', product, { arrives: clock(at + 30 * 60 * MINUTE) });
}

const views = ['visits', 'carts'];

/** What the views show that visits are made for. */
async function shown(names = views): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const name of names) all[name] = (await lake.rows(`SELECT * FROM ${name}`)).map((row) => row.join('|')).sort();
  return all;
}

const landed = async (...all: Happening[]) => {
  for (const records of recordsByDay(all)) await lake.land(...records);
};

const at = (time: string) => Date.parse(`2026-${time}:00Z`);

test('visits, carts and figures are the same from gathered visits as from events, also of people joined since', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      await lake.clear();
      await landed(...all);
      const before = await shown();
      const sealer = new ASealer(lake, at('03-20T01:00'));
      await sealer.runAll();
      expect(await shown()).toEqual(before);
      expect(
        await lake.rows(
          'SELECT visits_before = sealed_before, visits_before > day FROM sealing, (SELECT max(day) AS day FROM events)',
        ),
      ).toEqual([['true', 'true']]);

      await landed(merge('?x', 'ada'), page('bob', '03-20 02:00', '/later'));
      const joined = await shown();
      // As if no visits were gathered.
      await lake.mark('visits_before', '');
      expect(await shown()).toEqual(joined);
    }),
    { numRuns: 2 },
  );
});

test('a kill after any write changes nothing that is shown, and the next runs gather what is left', async () => {
  await landed(
    page('?x', '03-01 23:50', '/a?utm_source=a&utm_medium=email'),
    page('?x', '03-02 00:10', '/b', { from: onSite }),
    identify('ada?x', '03-02 00:11', {}),
    track('ada', '03-02 00:20', 'Product Added', { product_id: 'p', price: 2, quantity: 3, currency: 'USD' }),
    order('ada', '03-03 09:00', 'o-1', 6),
    merge('?x', 'ada'),
  );
  const before = await shown();
  const sealer = new ASealer(lake, at('03-05T01:00'));
  const killedAfter = new Set<string>();
  sealer.afterEffect = async (what) => {
    if (killedAfter.has(what) || !/visit|lake_marks/.test(what)) return;
    killedAfter.add(what);
    throw new Killed();
  };
  for (let run = 0; run < 14; run += 1) {
    await sealer.run().catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
    sealer.now += 1_000_000;
    if (run % 7 === 0) expect(await shown()).toEqual(before);
  }
  expect(await shown()).toEqual(before);
  expect(killedAfter).toContain('write lake_marks/visits_before.parquet');
  expect([...killedAfter].some((what) => what.startsWith('write visit_parts_sealed/'))).toBe(true);
  expect(await lake.rows('SELECT visits_before FROM sealing')).toEqual([['2026-03-04']]);
});

test('days that an earlier release sealed are gathered, too', async () => {
  await landed(page('ada', '03-02 09:00', '/'), page('ada', '03-03 09:00', '/'));
  const sealer = new ASealer(lake, at('03-05T01:00'));
  await sealer.runAll();
  const before = await shown(['visits', 'kpi_daily']);
  await sealer.files.remove([
    'lake_marks/visits_before.parquet',
    'visit_parts_sealed/day=2026-03-02/part-000000.parquet',
  ]);
  expect(await shown(['visits', 'kpi_daily'])).toEqual(before);
  sealer.now = at('03-06T01:00');
  await sealer.runAll();
  expect(await lake.rows('SELECT visits_before FROM sealing')).toEqual([['2026-03-04']]);
  expect(await shown(['visits', 'kpi_daily'])).toEqual(before);
});

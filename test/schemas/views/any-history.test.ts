import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goldenLake } from './golden.ts';
import { type Happening, merge, order, page, screen, track } from './history.ts';

const golden = goldenLake();

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 2, 9);

interface Step {
  readonly who: string;
  readonly kind: 'page' | 'screen' | 'view' | 'order' | 'email' | 'robot';
  readonly at: number;
}

/** Gaps about half an hour, so that sessions are cut at and beside the limit, and events of one moment. */
const gap = fc.constantFrom(0, 1, MINUTE, 20 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, 30 * MINUTE + 1, 7 * 60 * MINUTE);
const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      who: fc.constantFrom('ada', '?x', 'bob'),
      kind: fc.constantFrom<Step['kind'][]>('page', 'page', 'screen', 'view', 'order', 'email', 'robot'),
      gap,
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) => {
    let at = START;
    return list.map(({ who, kind, gap }) => {
      at += gap;
      return { who, kind, at };
    });
  });

const clock = (at: number) => new Date(at).toISOString().slice(5, 23).replace('T', ' ');
const robot = { context: { userAgent: 'Googlebot/2.1' } };

/** Histories of other people in one lake, so that the views are asked once for all of them. */
const histories = fc.array(steps, { minLength: 12, maxLength: 12 });

function toHappening({ who: name, kind, at }: Step, index: number, world: number): Happening {
  const who = `${name}-${world}`;
  const time = clock(at);
  switch (kind) {
    case 'page':
      return page(who, time, `/${index}`, index % 3 === 0 ? { from: 'https://www.google.com/' } : {});
    case 'screen':
      return screen(who, time, `s${index}`);
    case 'view':
      return track(who, time, 'Product Viewed', { product_id: 'p-1' });
    case 'order':
      return order(who, time, `o-${world}-${index % 5}`, (index + 1) * 3.3333);
    case 'email':
      return track(who, time, 'Email Opened');
    case 'robot':
      return page(who, time, '/', robot);
  }
}

/** Sessions by the rule as one would say it: events in order of time, cut where half an hour passed. */
function sessionsOf(all: readonly Step[], world: number): string[][] {
  const rows: { person: string; from: number; to: number; events: number; pages: number; orders: number }[] = [];
  for (const name of ['ada', 'bob']) {
    const person = `user:${name}-${world}`;
    const ordered = new Set<number>();
    let current: (typeof rows)[number] | undefined;
    for (const [index, { who, kind, at }] of all.entries()) {
      if ((who === 'bob') !== (name === 'bob') || kind === 'email' || kind === 'robot') continue;
      if (current === undefined || at - current.to >= 30 * MINUTE) {
        current = { person, from: at, to: at, events: 0, pages: 0, orders: 0 };
        rows.push(current);
      }
      current.to = at;
      current.events += 1;
      if (kind === 'page' || kind === 'screen') current.pages += 1;
      if (kind === 'order' && !ordered.has(index % 5)) {
        ordered.add(index % 5);
        current.orders += 1;
      }
    }
  }
  return rows.map(({ person, from, to, events, pages, orders }) => [
    person,
    ...[from, to].map((at) => `2026-${clock(at)}`),
    ...[events, pages, orders].map(String),
  ]);
}

test('sessions are cut where half an hour passed, and credits add up to each order, whatever happened', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (worlds) => {
      await golden.lake.clear();
      const happenings = worlds.flatMap((all, world) => [
        ...all.map((step, index) => toHappening(step, index, world)),
        merge(`?x-${world}`, `ada-${world}`),
      ]);
      await golden.happened(...happenings);

      const sessions = await golden.lake.rows(`
        SELECT person_key, started_at, ended_at, events, page_views, orders FROM sessions`);
      expect(sessions.map(String).sort()).toEqual(worlds.flatMap(sessionsOf).map(String).sort());

      const wrong = await golden.show(`
        SELECT model, orders.order_id, amount, weight, credited
        FROM orders CROSS JOIN (VALUES 'first', 'last', 'linear', 'position', 'time_decay') AS models (name)
        LEFT JOIN (
          SELECT model, order_id, person_key, sum(weight) AS weight, sum(revenue) AS credited
          FROM attribution GROUP BY model, order_id, person_key
        ) AS credits
        ON model = name AND credits.order_id = orders.order_id AND credits.person_key = orders.person_key
        WHERE NOT coalesce(abs(weight - 1) < 1e-9 AND credited = amount, false)`);
      expect(wrong).toEqual([]);
    }),
    { numRuns: 2 },
  );
});

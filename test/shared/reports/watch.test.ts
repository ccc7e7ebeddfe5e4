import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WatchRule } from '../../../schemas/watch.ts';
import { alertsOf, type DayFigures, judge, median } from '../../../shared/reports/watch.ts';
import vectors from '../../vectors/watch-rules.json' with { type: 'json' };

type Vector = [string, { rule: Omit<WatchRule, 'id'>; today: DayFigures; history: DayFigures[] }, boolean | null];

const DATE = '2026-03-02';

test.each(vectors as Vector[])('%s', (_, { rule, today, history }, expected) => {
  const verdict = judge({ id: 'rule', ...rule }, { date: DATE, today, history });
  expect(verdict?.isBroken ?? null).toBe(expected);
});

const change = fc.double({ min: 0.01, max: 0.9, noNaN: true });
const days = fc.array(fc.integer({ min: 100, max: 100_000 }), { minLength: 3, maxLength: 8 });
const falls = (by: number): WatchRule => ({ id: 'fall', metric: 'orders', direction: 'falls', change: by, least: 1 });
const figures = (orders: number): DayFigures => ({ orders });

test('equal days never ring', () => {
  fc.assert(
    fc.property(change, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 3, max: 8 }), (by, orders, count) => {
      const history = Array.from({ length: count }, () => figures(orders));
      const observed = { date: DATE, today: figures(orders), history };
      for (const direction of ['falls', 'rises'] as const) {
        expect(alertsOf([{ ...falls(by), direction }], observed, 0)).toEqual([]);
      }
    }),
  );
});

test('rings if, and only if, the fall against the median is as large as the rule says', () => {
  fc.assert(
    fc.property(change, days, fc.integer({ min: 0, max: 100_000 }), (by, past, orders) => {
      const expected = median(past) as number;
      const fall = (expected - orders) / expected;
      fc.pre(Math.abs(fall - by) > 1e-6);
      const observed = { date: DATE, today: figures(orders), history: past.map(figures) };
      expect(alertsOf([falls(by)], observed, 0)).toHaveLength(fall >= by ? 1 : 0);
    }),
  );
});

test('a larger fall rings whatever a smaller one rings', () => {
  fc.assert(
    fc.property(change, days, fc.nat(100_000), fc.nat(100_000), (by, past, one, other) => {
      const history = past.map(figures);
      const rings = (orders: number) =>
        alertsOf([falls(by)], { date: DATE, today: figures(orders), history }, 0).length;
      expect(rings(Math.min(one, other))).toBeGreaterThanOrEqual(rings(Math.max(one, other)));
    }),
  );
});

test('an alert tells what fell, from what, and by how much', () => {
  const history = [40, 50, 60].map(figures);
  const [alert] = alertsOf([falls(0.2)], { date: DATE, today: figures(35), history }, 7);
  expect(alert).toMatchObject({
    id: 'fall:2026-03-02',
    rule: 'fall',
    raisedAt: 7,
    date: DATE,
    metric: 'orders',
    value: 35,
    expected: 50,
    change: -0.3,
    detail:
      'orders is 35 today up to this hour, 30 % less than 50, the median of these weekdays, which usually differ by 10.',
  });
});

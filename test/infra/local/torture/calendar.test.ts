import { expect, test } from 'vitest';
import { openCalendar } from '../../../../infra/local/torture/calendar.ts';

const HOUR = 3_600_000;

test.each(['00:00:01', '10:30:00', '23:59:59'])(
  'at %s, evening and next day lie in the past, a night between them',
  (time) => {
    let now = Date.parse(`2026-11-20T${time}Z`);
    const calendar = openCalendar(10_000, () => now);
    const evening = calendar.now();
    now += 60_000;
    calendar.passMidnight();
    const morning = calendar.now();

    expect(evening).toBeLessThan(calendar.midnight);
    expect(calendar.midnight % (24 * HOUR)).toBe(0);
    expect(morning).toBe(calendar.morning);
    // Repeats are known for 24 hours, and landed files stay for as long after their day was sealed.
    expect(morning - evening).toBeLessThan(5 * HOUR);
    expect(now - morning).toBeGreaterThan(47 * HOUR);
  },
);

test('a clock never goes back, however long an evening was', () => {
  let now = Date.UTC(2026, 10, 20, 12);
  const calendar = openCalendar(1_000, () => now);
  now += 6 * HOUR;
  const late = calendar.now();
  calendar.passMidnight();
  expect(calendar.now()).toBe(late);
  calendar.pass(1_000);
  expect(calendar.now()).toBe(late + 1_000);
});

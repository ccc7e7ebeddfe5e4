import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from '../../../schemas/stream/control.ts';
import { isQuiet, noMemory, plan, type WatchMemory } from '../../../shared/reports/watch-quiet-hours.ts';

const night = { timeZone: 'Europe/Berlin', from: '22:00', to: '07:00' };

test.each([
  ['2026-03-02T20:59:00Z', false],
  ['2026-03-02T21:00:00Z', true],
  ['2026-03-03T05:59:00Z', true],
  ['2026-03-03T06:00:00Z', false],
  // Summer time begins on 29 March.
  ['2026-03-30T05:30:00Z', false],
  ['2026-03-30T04:30:00Z', true],
])('at %s it is quiet in Berlin: %s', (time, quiet) => {
  expect(isQuiet(night, Date.parse(time))).toBe(quiet);
});

test('quiet hours may lie within a day, and be none', () => {
  const lunch = { timeZone: 'UTC', from: '12:00', to: '13:00' };
  expect(isQuiet(lunch, Date.parse('2026-03-02T12:30:00Z'))).toBe(true);
  expect(isQuiet(lunch, Date.parse('2026-03-02T13:00:00Z'))).toBe(false);
  expect(isQuiet({ ...lunch, to: '12:00' }, Date.parse('2026-03-02T12:00:00Z'))).toBe(false);
});

const anAlert = (id: string): Alert => ({
  id,
  rule: id,
  raisedAt: 0,
  date: '2026-03-02',
  metric: 'orders',
  value: 1,
  detail: 'It fell.',
});

const look = fc.record({ found: fc.subarray(['a', 'b', 'c']), isQuiet: fc.boolean(), isKilled: fc.boolean() });

test('whatever is noticed is raised when it is no longer quiet, and once if no look is killed', () => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
      let memory: WatchMemory = noMemory;
      const raised: string[] = [];
      const noticed = new Set<string>();
      const end = { found: [], isQuiet: false, isKilled: false };
      for (const [now, { found, isQuiet: quiet, isKilled }] of [...looks, end].entries()) {
        const planned = plan(memory, found.map(anAlert), { isQuiet: quiet, now });
        if (quiet) expect(planned.raise).toEqual([]);
        for (const id of found) noticed.add(id);
        memory = planned.noticed;
        raised.push(...planned.raise.map(({ id }) => id));
        if (!isKilled) memory = planned.raised;
      }
      expect(new Set(raised)).toEqual(noticed);
      if (looks.every(({ isKilled }) => !isKilled)) expect(raised.toSorted()).toEqual([...noticed].sort());
    }),
  );
});

test('an alert that waited is raised with the time at which the quiet hours were over', () => {
  const { noticed } = plan(noMemory, [anAlert('a')], { isQuiet: true, now: 1 });
  expect(plan(noticed, [], { isQuiet: false, now: 9 }).raise).toMatchObject([{ id: 'a', raisedAt: 9 }]);
});

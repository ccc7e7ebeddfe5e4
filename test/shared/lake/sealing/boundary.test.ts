import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayAfter } from '../../../../shared/lake/days.ts';
import { type Mark, markFile } from '../../../../shared/lake/marks.ts';
import { boundaryAt, latestBoundary, withBoundary } from '../../../../shared/lake/sealing/boundary.ts';

const KEEP_MS = 86_400_000;

test('a query sees one boundary, whenever it reads the mark while that moves', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3 * KEEP_MS), { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      (pauses, pick, age) => {
        const versions: { readonly written: number; readonly history: readonly Mark[] }[] = [];
        let now = Date.parse('2026-03-02T01:00:00Z');
        let history: Mark[] = [];
        for (const [number, pause] of pauses.entries()) {
          now += pause;
          history = withBoundary(history, dayAfter('2026-03-02', number), now, KEEP_MS);
          versions.push({ written: now, history });
        }
        // A query that began at some moment of the last day, and reads every version that was there since.
        const began = now + 120_000 - (age % KEEP_MS);
        const current = versions.findLastIndex(({ written }) => written <= began);
        const read = versions.slice(Math.max(current, 0)).map((version) => boundaryAt(version.history, began));
        if (current >= 0) expect(new Set(read).size).toBe(1);
        expect(pick).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test('the latest boundary is known before it is in effect', () => {
  const history = withBoundary([], '2026-03-03', 1_000_000, KEEP_MS);
  expect(latestBoundary(history)).toBe('2026-03-03');
  expect(boundaryAt(history, 1_000_000)).toBeUndefined();
  expect(boundaryAt(history, 1_060_000)).toBe('2026-03-03');
});

test('what nobody asks for any more is left out of the history', () => {
  let history: Mark[] = [];
  for (let day = 0; day < 50; day += 1) {
    history = withBoundary(history, dayAfter('2026-03-02', day), day * KEEP_MS, KEEP_MS);
  }
  expect(history.length).toBeLessThan(5);
  expect(markFile('sealed_before', history).length).toBeGreaterThan(0);
});

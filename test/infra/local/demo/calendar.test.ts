import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awayFromMidnight, DAY, MINUTE } from '../../../../infra/local/demo/calendar.ts';

const moment = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') });
const nearMidnight = fc
  .tuple(fc.integer({ min: 20_000, max: 21_000 }), fc.integer({ min: -6 * MINUTE, max: 6 * MINUTE }))
  .map(([day, offset]) => day * DAY + offset);

describe('awayFromMidnight', () => {
  it('leaves three minutes on each side of every UTC midnight', () => {
    fc.assert(
      fc.property(fc.oneof(moment, nearMidnight), (at) => {
        const sinceMidnight = awayFromMidnight(at) % DAY;
        expect(sinceMidnight).toBeGreaterThanOrEqual(3 * MINUTE);
        expect(sinceMidnight).toBeLessThanOrEqual(DAY - 3 * MINUTE);
      }),
    );
  });

  it('keeps moments in their order', () => {
    fc.assert(
      fc.property(nearMidnight, fc.nat(10 * MINUTE), (at, later) => {
        expect(awayFromMidnight(at + later)).toBeGreaterThanOrEqual(awayFromMidnight(at));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { messageHash } from '../../../shared/profile/message-hash.ts';

describe('the hash of a message id', () => {
  it('differs for ids that differ little', () => {
    const seen = new Set<string>();
    let halves = 0;
    const lows = new Set<number>();
    const ids = 200_000;
    for (let n = 0; n < ids; n += 1) {
      const { high, low } = messageHash('web', `message-${n}`);
      seen.add(`${high} ${low}`);
      lows.add(low);
      halves += high >>> 31;
    }
    expect(seen.size).toBe(ids);
    // By chance alone about n² / 2^33 = 4.7 pairs share a half.
    expect(ids - lows.size).toBeLessThan(25);
    expect(Math.abs(halves / ids - 0.5)).toBeLessThan(0.01);
  });

  it('depends on the source, and on where it ends', () => {
    const hashes = [messageHash('a', 'b'), messageHash('b', 'b'), messageHash('a\nb', ''), messageHash('', 'a\nb')];
    expect(new Set(hashes.map(({ high, low }) => `${high} ${low}`)).size).toBe(4);
  });
});

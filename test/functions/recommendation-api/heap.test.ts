import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const heap = new URL('../../../functions/recommendation-api/heap.ts', import.meta.url).href;

/** The greatest size of the young generation, in MB, while objects are kept for a while, as a cache keeps them. */
const greatest = (first: string): number => {
  const program = `${first}
    const { getHeapSpaceStatistics } = await import('node:v8');
    const kept = [];
    let greatest = 0;
    for (let n = 0; n < 1_000_000; n += 1) {
      kept[n % 200_000] = { n, text: 'x' + n };
      if (n % 10_000 > 0) continue;
      const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
      greatest = Math.max(greatest, young.space_size / 2 ** 20);
    }
    console.log(greatest);`;
  // What Lambda gives it of 1 GB.
  const options = ['--max-semi-space-size=34', '--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, options, { encoding: 'utf8' }));
};

describe('The heap of the function that recommends', () => {
  it('keeps a young generation that is looked through in no time, however much Node is given', () => {
    expect(greatest(`await import(${JSON.stringify(heap)});`)).toBeLessThanOrEqual(6);
    expect(greatest('')).toBeGreaterThan(12);
  });
});

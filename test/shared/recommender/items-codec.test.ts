import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeItems, encodeItems } from '../../../shared/recommender/items-codec.ts';
import type { ModelItems } from '../../../shared/recommender/model.ts';
import { ModelBytesError } from '../../../shared/recommender/model-bytes-error.ts';

const float = fc.float({ min: 0, max: 1, noNaN: true });
const someItems: fc.Arbitrary<ModelItems> = fc
  .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), float, float), { maxLength: 40 })
  .map((rows) => ({
    ids: rows.map(([id]) => id),
    popularity: Float32Array.from(rows, ([, popularity]) => popularity),
    trend: Float32Array.from(rows, ([, , trend]) => trend),
  }));

const three: ModelItems = {
  ids: ['a', 'b', 'c'],
  popularity: Float32Array.of(1, 0.5, 0.25),
  trend: Float32Array.of(0, 1, 0.5),
};

/** Words of the header, with a checksum that fits. */
const sealed = (words: readonly number[], text: string): Uint8Array => {
  const bytes = new Uint8Array(24 + 8 * (words[3] ?? 0) + text.length);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of words.entries()) view.setUint32(4 * at, word, true);
  bytes.set(Buffer.from(text, 'latin1'), bytes.length - text.length);
  view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
};

describe('items as bytes', () => {
  it('come back as they were from chunks of any size in any order', () => {
    fc.assert(
      fc.property(someItems, fc.integer({ min: 150, max: 1_000 }), (items, maxBytes) => {
        const chunks = encodeItems(items, maxBytes);
        expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(maxBytes);
        expect(decodeItems(chunks.reverse())).toEqual(items);
      }),
    );
  });

  it('take three chunks of at most 350 KB for 40,000 items', () => {
    const ids = Array.from({ length: 40_000 }, (_, item) => `sku-${String(item).padStart(8, '0')}`);
    const chunks = encodeItems({ ids, popularity: new Float32Array(40_000), trend: new Float32Array(40_000) });

    expect(chunks).toHaveLength(3);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(350_000);
  });

  it('refuse an id that no chunk can hold', () => {
    const items = { ids: ['x'.repeat(200)], popularity: Float32Array.of(1), trend: Float32Array.of(1) };
    expect(() => encodeItems(items, 150)).toThrow('Id 0 of 200 characters fits no chunk.');
  });

  it('are refused when any one byte is changed, or the end is cut off', () => {
    const [bytes = new Uint8Array()] = encodeItems(three);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => decodeItems([changed])).toThrow(ModelBytesError);
        expect(() => decodeItems([bytes.subarray(0, at)])).toThrow(ModelBytesError);
      }),
    );
  });

  const [first, second, third] = encodeItems(three, 24 + 14) as [Uint8Array, Uint8Array, Uint8Array];
  it.each([
    ['without a chunk at the end', [first, second], /2 of 3/],
    ['with a chunk twice in the place of another', [first, first, third], /chunk for item 1 is missing/],
    ['with a chunk of another version', [first, second, sealed([1, 0, 2, 1, 4, 5], '["c"]')], /item 2 is missing/],
    ['of another format', [sealed([2, 0, 0, 0, 0, 2], '[]')], /format 2/],
    ['with fewer bytes than announced', [sealed([1, 0, 0, 0, 0, 99], '[]')], /has 26 bytes/],
    ['with fewer ids than items', [sealed([1, 0, 0, 1, 1, 2], '[]')], /0 ids for 1 items/],
    ['with ids that are no texts', [sealed([1, 0, 0, 1, 1, 3], '[1]')], /no list of texts/],
    ['with ids that are no list', [sealed([1, 0, 0, 0, 0, 2], '{}')], /no list of texts/],
    ['with ids that are no JSON', [sealed([1, 0, 0, 0, 0, 1], '[')], /no JSON/],
    ['with ids that are no UTF-8', [sealed([1, 0, 0, 1, 1, 5], '["\xff"]')], /no JSON/],
    ['none at all', [], /0 of 0/],
  ])('are refused %s', (_, chunks, problem) => {
    expect(() => decodeItems(chunks)).toThrow(ModelBytesError);
    expect(() => decodeItems(chunks)).toThrow(problem);
  });
});

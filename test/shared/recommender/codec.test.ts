import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNeighbours, encodeNeighbours } from '../../../shared/recommender/codec.ts';
import type { Neighbours } from '../../../shared/recommender/model.ts';
import { ModelBytesError } from '../../../shared/recommender/model-bytes-error.ts';
import { someNeighbours } from './small-models.ts';

const none = someNeighbours([]);

const list: fc.Arbitrary<Neighbours> = fc
  .array(
    fc.tuple(
      fc.nat(0xffff_ffff),
      fc.float({ min: Math.fround(1e-37), noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(1, -1),
    ),
    { maxLength: 50 },
  )
  .map((triples) => triples.map(([item, size, sign]): [number, number] => [item, sign * size]))
  .map((pairs) => someNeighbours(pairs.sort((one, other) => other[1] - one[1])));

/** Bytes of that body with a header that fits. */
const sealed = (body: readonly number[], format = 1): Uint8Array => {
  const bytes = Uint8Array.from([format, 0, 0, 0, 0, ...body]);
  new DataView(bytes.buffer).setUint32(1, crc32(bytes.subarray(5)), true);
  return bytes;
};

describe('neighbours as bytes', () => {
  it('come back with the same items in the same order, each score within 1/65,536 of itself', () => {
    fc.assert(
      fc.property(list, list, (collaborative, content) => {
        const back = decodeNeighbours(encodeNeighbours({ collaborative, content }));
        for (const [before, after] of [
          [collaborative, back.collaborative],
          [content, back.content],
        ] as const) {
          expect(after.items).toEqual(before.items);
          for (const [place, score] of before.scores.entries()) {
            expect(Math.abs((after.scores[place] ?? 0) - score)).toBeLessThanOrEqual(Math.abs(score) / 65_536);
            expect(after.scores[place]).toBeLessThanOrEqual(after.scores[place - 1] ?? Number.MAX_VALUE);
          }
        }
      }),
    );
  });

  it('are the same bytes after a second round trip', () => {
    fc.assert(
      fc.property(list, list, (collaborative, content) => {
        const bytes = encodeNeighbours({ collaborative, content });
        expect(encodeNeighbours(decodeNeighbours(bytes))).toEqual(bytes);
      }),
    );
  });

  it('can be read from the middle of other bytes', () => {
    const bytes = encodeNeighbours({ collaborative: someNeighbours([[7, 0.5]]), content: none });
    const within = new Uint8Array(bytes.length + 6);
    within.set(bytes, 3);

    expect(decodeNeighbours(within.subarray(3, 3 + bytes.length)).collaborative).toEqual(someNeighbours([[7, 0.5]]));
  });

  it('keep scores that are too small for a float above 0', () => {
    const { content } = decodeNeighbours(
      encodeNeighbours({ collaborative: none, content: someNeighbours([[1, 1e-45]]) }),
    );
    expect(content.scores[0]).toBeGreaterThan(0);
  });

  it('keep the greatest score finite', () => {
    const greatest = someNeighbours([[1, 3.4028234663852886e38]]);
    const { content } = decodeNeighbours(encodeNeighbours({ collaborative: none, content: greatest }));
    expect(content.scores[0]).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('take at most 6 bytes a neighbour for 400 of 40,000 items', () => {
    const long = someNeighbours(Array.from({ length: 400 }, (_, place) => [(place * 7_919) % 40_000, 1 / (1 + place)]));
    expect(encodeNeighbours({ collaborative: long, content: long }).length / 800).toBeLessThanOrEqual(6);
  });

  it.each([
    [
      'an ascending score',
      someNeighbours([
        [1, 0.1],
        [2, 0.2],
      ]),
      /Score 0.2.* of neighbour 1 is above/,
    ],
    ['a score of 0', someNeighbours([[1, 0]]), /Score 0 of neighbour 0/],
    ['no number', someNeighbours([[1, Number.NaN]]), /Score NaN/],
    ['an infinite score', someNeighbours([[1, Number.POSITIVE_INFINITY]]), /Score Infinity/],
    ['too few scores', { items: Uint32Array.of(1, 2), scores: Float32Array.of(1) }, /2 neighbours have 1 scores/],
  ])('refuse %s', (_, content, problem) => {
    expect(() => encodeNeighbours({ collaborative: none, content })).toThrow(problem);
  });

  it('are refused when any one byte is changed, or the end is cut off', () => {
    const bytes = encodeNeighbours({
      collaborative: someNeighbours([
        [300, 0.5],
        [4, 0.25],
      ]),
      content: someNeighbours([[70_000, 0.1]]),
    });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => decodeNeighbours(changed)).toThrow(ModelBytesError);
        expect(() => decodeNeighbours(bytes.subarray(0, at))).toThrow(ModelBytesError);
      }),
    );
  });

  it.each([
    ['of another format', sealed([0, 0], 2), /format 2/],
    ['with less than they announce', sealed([3, 0, 1, 5]), /3 neighbours don't fit into 2 bytes/],
    ['with a huge list announced', sealed([255, 255, 255, 255, 15, 0]), /don't fit/],
    ['that end within a number', sealed([0, 0x80]), /end within a number/],
    ['with a number beyond 32 bits', sealed([255, 255, 255, 255, 127, 0]), /32 bits/],
    ['with a number without end', sealed([128, 128, 128, 128, 128, 128, 0]), /32 bits/],
    ['with a score of 0', sealed([1, 0, 9, 0xff, 0xff, 0xfd, 0x03]), /score of neighbour 0/],
    ['with something left over', sealed([0, 0, 1]), /1 are left over/],
    ['none at all', new Uint8Array(0), /5 at least/],
  ])('are refused %s', (_, bytes, problem) => {
    expect(() => decodeNeighbours(bytes)).toThrow(ModelBytesError);
    expect(() => decodeNeighbours(bytes)).toThrow(problem);
  });

  it('are refused or sound, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 40 }), (body) => {
        try {
          const { collaborative, content } = decodeNeighbours(sealed(body));
          for (const score of [...collaborative.scores, ...content.scores]) expect(score).not.toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelBytesError);
        }
      }),
    );
  });
});

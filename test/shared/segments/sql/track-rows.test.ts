import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addRows, compileCatalog, pruneTracks, trackEvent } from '../../../../shared/segments/compile-catalog.ts';
import { trackRowsSql } from '../../../../shared/segments/sql/track-rows.ts';
import type { Row, Tracks } from '../../../../shared/segments/tracks.ts';
import { trackOf } from '../../../../shared/segments/tracks.ts';
import { ARRIVAL, aCleanEvent } from '../../../fixtures/events.ts';
import { aLake, type TestLake } from './a-lake.ts';
import { segments, tagSegment } from './arbitrary-definition.ts';
import { histories, renamed } from './arbitrary-history.ts';
import { moments } from './value-pools.ts';

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

type RowsByTrack = Readonly<Record<string, readonly Row[]>>;

async function tracksInLake(...asked: Parameters<typeof trackRowsSql>): Promise<Map<string, RowsByTrack>> {
  const rows = await lake.rows(trackRowsSql(...asked).sql);
  return new Map(rows.map(([key, tracks]) => [key ?? '', JSON.parse(tracks ?? '')]));
}

test('the lake gives each key the rows that events gave it as they came', async () => {
  let rows = 0;
  const asLists = (tracks: Tracks) => [...tracks].sort(([one], [other]) => (one < other ? -1 : 1));
  await fc.assert(
    fc.asyncProperty(
      segments(20),
      fc.array(tagSegment, { maxLength: 3 }),
      fc.array(histories, { minLength: 4, maxLength: 4 }),
      fc.constantFrom(...moments),
      async (definitions, tags, sets, asOf) => {
        const all = [...definitions, ...tags.map((tag, at) => ({ ...tag, id: `tag-${at}` }))];
        const catalog = compileCatalog(all.map((each) => ({ id: each.id, live: { ...each, version: 1 } })));
        const events = sets.flatMap((set, at) => set.flatMap((person, n) => renamed(person, `-${at}.${n}`).events));
        const tracksOf = new Map<string, Tracks>(events.map(({ profileKey }) => [profileKey, new Map()]));
        for (const event of events) trackEvent(catalog, tracksOf.get(event.profileKey) as Tracks, event);
        await lake.write(events);

        const inLake = await tracksInLake(catalog.trackSpecs, { asOf });

        expect([...inLake.keys()].sort()).toEqual([...tracksOf.keys()].sort());
        for (const [key, tracks] of tracksOf) {
          pruneTracks(catalog, tracks, asOf);
          const backfilled: Tracks = new Map();
          addRows(catalog, backfilled, inLake.get(key) ?? {});
          expect(asLists(backfilled), key).toEqual(asLists(tracks));
          rows += [...tracks.values()].flat().length;
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
  expect(rows).toBeGreaterThan(100);
});

const MINUTE = 60_000;
const viewed = trackOf({ event: 'Product Viewed' }, [], 'event');

test('a key without a row is there, and rows keep their order', async () => {
  await lake.write([
    aCleanEvent({ userId: 'ada', messageId: 'm-1', eventTime: ARRIVAL - 3 * MINUTE }),
    aCleanEvent({ userId: 'ada', messageId: 'm-2', eventTime: ARRIVAL - 5 * MINUTE }),
    aCleanEvent({ anonymousId: 'a-1', event: 'Other' }),
  ]);

  const tracks = await tracksInLake([{ ...viewed, keep: [{ take: 'latest' }] }], { asOf: ARRIVAL });

  expect(tracks).toEqual(
    new Map<string, RowsByTrack>([
      [
        'user:ada',
        {
          [viewed.id]: [
            [ARRIVAL - 5 * MINUTE, expect.any(String)],
            [ARRIVAL - 3 * MINUTE, expect.any(String)],
          ],
        },
      ],
      ['anonymous:a-1', {}],
    ]),
  );
});

test('no more rows come than conditions need, and never more than a track holds', async () => {
  const times = Array.from({ length: 1_000 }, (_, at) => ARRIVAL - (at + 2) * MINUTE);
  await lake.write(times.map((eventTime) => aCleanEvent({ userId: 'ada', eventTime })));
  const kept = async (...keep: Parameters<typeof trackRowsSql>[0][number]['keep']) => {
    const tracks = await tracksInLake([{ ...viewed, keep }], { asOf: ARRIVAL });
    return (tracks.get('user:ada')?.[viewed.id] ?? []).map(([time]) => time);
  };
  const ascending = times.toReversed();

  expect(await kept({ take: 'latest', count: 3 })).toEqual(ascending.slice(-3));
  expect(await kept({ take: 'earliest', count: 1 })).toEqual(ascending.slice(0, 1));
  expect(await kept({ take: 'latest', count: 2, olderThanMs: 10 * MINUTE })).toEqual(
    ascending.filter((time) => time <= ARRIVAL - 11 * MINUTE).slice(-2),
  );
  expect(await kept({ take: 'latest', since: ARRIVAL - 9 * MINUTE, until: ARRIVAL - 5 * MINUTE })).toEqual(
    [9, 8, 7, 6].map((ago) => ARRIVAL - ago * MINUTE),
  );
  expect(await kept({ take: 'latest' })).toEqual([ascending[0], ...ascending.slice(-900)]);
});

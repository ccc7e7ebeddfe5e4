import type { BackfillItem, TrackRow } from '../../schemas/stream/control.ts';

/** What one record may take; Kinesis takes 1 MiB. */
const MAX_ITEM_BYTES = 700_000;

export interface Items {
  /** Rows of keys that have more than a record may take, all but the last part of each. */
  readonly parts: readonly BackfillItem[];
  /** One for each key. */
  readonly items: readonly BackfillItem[];
}

/** The items of result rows `[profile_key, tracks as JSON]`. Throws for a row of another shape. */
export function itemsOf(rows: readonly (readonly (string | null)[])[], maxBytes = MAX_ITEM_BYTES): Items {
  const parts: BackfillItem[] = [];
  const items = rows.map(([key, text]): BackfillItem => {
    if (typeof key !== 'string') throw new TypeError('A row of a backfill has no key: look at the query.');
    const tracks = JSON.parse(text ?? '{}') as BackfillItem['tracks'];
    if (text === null || text === undefined || text.length * 3 <= maxBytes) return { key, tracks };
    const cut = cutTracks(tracks, maxBytes).map((part) => ({ key, tracks: part }));
    parts.push(...cut.slice(0, -1));
    return cut.at(-1) ?? { key, tracks };
  });
  return { parts, items };
}

function cutTracks(tracks: BackfillItem['tracks'], maxBytes: number): BackfillItem['tracks'][] {
  const cut: Record<string, TrackRow[]>[] = [];
  let part: Record<string, TrackRow[]> = {};
  let bytes = 0;
  for (const [id, rows] of Object.entries(tracks)) {
    for (const row of rows) {
      const more = Buffer.byteLength(JSON.stringify(row)) + id.length + 10;
      if (bytes > 0 && bytes + more > maxBytes) {
        cut.push(part);
        part = {};
        bytes = 0;
      }
      part[id] ??= [];
      part[id].push(row);
      bytes += more;
    }
  }
  return [...cut, part];
}

import type { Query } from '../demo/reconciliation.ts';
import { canaries, ERASED_SOURCE } from './erased-person.ts';

/** What all stores hold, as those see it who use them: a text for each thing that can be compared. */
export type Holdings = ReadonlyMap<string, string>;

export interface Readers {
  /** JSON that the API answers; undefined for 404. */
  readonly get: (path: string) => Promise<unknown>;
  readonly query: Query;
}

const parallel = 4;

/** Reads everything: each profile, the members of each segment, and the tables of the lake row by row. */
export async function holdingsOf({ get, query }: Readers, profileIds: readonly string[]): Promise<Holdings> {
  const held = new Map<string, string>();
  const todo = [...profileIds];
  const readProfiles = async () => {
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      held.set(`profile ${id}`, textOf(await get(`/v1/profiles/${encodeURIComponent(id)}`)));
    }
  };
  await Promise.all(Array.from({ length: parallel }, readProfiles));
  for (const id of await memberships(get)) {
    const members = await itemsOf<object>(get, `/v1/segments/${encodeURIComponent(id)}/members`);
    held.set(`members of ${id}`, textOf(members.map((each) => JSON.stringify(each)).sort()));
  }
  for (const [table, sql] of Object.entries(totals)) {
    for (const { part, ...row } of await query(sql)) held.set(`${table}: ${part}`, Object.values(row).join(' '));
  }
  return held;
}

/**
 * The views count once what lies there twice, as it does after records were read again. Rows of who is erased are counted by
 * the search through every store: what an erasure took out of files comes back with no restore.
 */
const totals: Readonly<Record<string, string>> = {
  raw: `SELECT source_id AS part, count(*) AS n, count(DISTINCT message_id) AS ids FROM raw
    WHERE source_id <> '${ERASED_SOURCE}' GROUP BY 1`,
  events: `SELECT coalesce(event, type) AS part, count(*) AS n, count(DISTINCT message_id) AS ids,
    CAST(sum(coalesce(total, 0)) AS varchar) AS amount FROM events WHERE source_id <> '${ERASED_SOURCE}' GROUP BY 1`,
  failed_events: `SELECT reason AS part, count(*) AS n FROM failed_events WHERE reason <> 'erased' GROUP BY 1`,
  transitions: `SELECT segment_id AS part, count(*) AS n FROM transitions
    WHERE NOT regexp_like(person_key, '${canaries.join('|')}') GROUP BY 1`,
};

/** Ids of all segments; of one that tags, of each of its values. */
async function memberships(get: Readers['get']): Promise<string[]> {
  const segments = await itemsOf<{ id: string; tags?: object }>(get, '/v1/segments');
  const ids = segments.map(async ({ id, tags }) => {
    if (tags === undefined) return [id];
    const { values = [] } = (await get(`/v1/segments/${encodeURIComponent(id)}`)) as { values?: { value: string }[] };
    return values.map(({ value }) => `${id}:${value}`);
  });
  return (await Promise.all(ids)).flat();
}

async function itemsOf<Item>(get: Readers['get'], path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null | undefined;
  do {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = (await get(`${path}?limit=100${from}`)) as { items: Item[]; nextCursor?: string | null };
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

const textOf = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value, sorted));

/** The order of an object's names says nothing, and how much an interest weighs fades between two looks. */
const sorted = (name: string, value: unknown): unknown =>
  name === 'weight'
    ? undefined
    : value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value;

/**
 * The same without the moments at which memberships began: shards are read again in another order than the first time, so
 * that a person of several ids may come into a segment when the last of them is there again.
 */
export const withoutSince = (held: Holdings): Holdings =>
  new Map(Array.from(held, ([name, text]) => [name, text.replaceAll(/,?\\?"since\\?":\\?"[^"\\]*\\?"/g, '')]));

const shownContext = 60;

/** What is not the same: its name, and where its two texts part. */
export function differences(one: Holdings, other: Holdings): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names]
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => {
      const [left = 'none', right = 'none'] = [one.get(name), other.get(name)];
      let at = 0;
      while (left[at] === right[at]) at += 1;
      const part = (text: string) => text.slice(Math.max(0, at - shownContext), at + shownContext);
      return `${name}: …${part(left)}… is now …${part(right)}…`;
    });
}

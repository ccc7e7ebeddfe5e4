import type { Key } from '../../../schemas/stream/control.ts';
import { spacesOf } from '../../../shared/identity/spaces.ts';
import { keysSql, type Search, searchesOf } from '../../../shared/lake/erasing/search-sql.ts';
import { ResultReader } from '../../adapters/result-reader.ts';
import { firstWindow, LakeQueryError, nextWindow, smaller } from './search-step.ts';
import type { LakeReach, SearchWindow } from './types.ts';

/** The keys that rows of the lake name and that stand in the register under one of some ids; some more than once. */
export type FindKeysInLake = (ids: readonly string[]) => AsyncIterable<Key>;

/** Ids of one query: its text may have 262,144 bytes. */
const IDS_A_QUERY = 5_000;
/** All at once, unless Athena stops it for its size: a query reads the same of many days as several of few. */
const MOST_DAYS = 36_500;
const ROWS = 1_000;
const LOOK_MS = 500;
/** A query that fails may have met a file that was replaced while it ran. */
const ATTEMPTS = 3;

type Reach = Pick<LakeReach, 'athena' | 'objects' | 'files' | 'tables' | 'allTables' | 'identity'> &
  Pick<LakeReach, 'database' | 'workGroup' | 'newId'> & { readonly pause: (milliseconds: number) => Promise<unknown> };

/** Asks Athena, table by table. Throws `LakeQueryError`. */
export function findKeysIn(reach: Reach): FindKeysInLake {
  async function* ofSearch(search: Search, ids: readonly string[]): AsyncGenerator<Key> {
    const names = search.tables.map(({ name }) => name);
    let window = await firstWindow(reach, names, MOST_DAYS);
    for (let failures = 0; window !== undefined; ) {
      const ended = await ask(search, window, ids);
      if (ended.state === 'succeeded') {
        yield* keysOf(new ResultReader(reach.objects, ended.output));
        window = nextWindow(window);
        failures = 0;
        continue;
      }
      const less = smaller(window, ended.reason);
      if (less === undefined) failures += 1;
      if (failures === ATTEMPTS) throw new LakeQueryError(ended.reason);
      window = less ?? window;
    }
  }

  async function ask(search: Search, window: SearchWindow, ids: readonly string[]) {
    const { athena, database, workGroup, newId, pause } = reach;
    const sql = keysSql(search, window, ids, {
      traits: reach.identity.externalTraits,
      spaces: spacesOf(reach.identity).ids,
    });
    const query = await athena.start({ sql, database, workGroup, token: newId() });
    for (;;) {
      const found = await athena.look(query);
      if (found.state === 'succeeded' || found.state === 'failed') return found;
      if (found.state === 'unknown') return { state: 'failed', reason: 'Athena forgot the query.' } as const;
      await pause(LOOK_MS);
    }
  }

  return async function* find(ids) {
    const searches = searchesOf(reach.tables, reach.allTables);
    for (let at = 0; at < ids.length; at += IDS_A_QUERY) {
      for (const search of searches) yield* ofSearch(search, ids.slice(at, at + IDS_A_QUERY));
    }
  };
}

async function* keysOf(result: ResultReader): AsyncGenerator<Key> {
  for (let offset = 0; ; ) {
    const { rows, end } = await result.chunk(offset, ROWS);
    if (rows.length === 0) return;
    for (const [key] of rows) if (key !== null && key !== undefined) yield key;
    offset = end;
  }
}

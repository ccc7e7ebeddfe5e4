import type { Key } from '../../../schemas/stream/control.ts';
import { spacesOf } from '../../../shared/identity/spaces.ts';
import { keysSql, type Search, searchesOf } from '../../../shared/lake/erasing/search-sql.ts';
import { type Asking, askAthena, firstColumn } from './ask-athena.ts';
import { firstWindow, LakeQueryError, nextWindow, smaller } from './search-step.ts';
import type { LakeReach } from './types.ts';

/** The keys that rows of the lake name and that stand in the register under one of some ids; some more than once. */
export type FindKeysInLake = (ids: readonly string[]) => AsyncIterable<Key>;

/** Ids of one query: its text may have 262,144 bytes. */
const IDS_A_QUERY = 5_000;
/** All at once, unless Athena stops it for its size: a query reads the same of many days as several of few. */
const MOST_DAYS = 36_500;
/** A query that fails may have met a file that was replaced while it ran. */
const ATTEMPTS = 3;

type Reach = Asking & Pick<LakeReach, 'objects' | 'files' | 'tables' | 'allTables' | 'identity'>;

/** Asks Athena, table by table. Throws `LakeQueryError`. */
export function findKeysIn(reach: Reach): FindKeysInLake {
  async function* ofSearch(search: Search, ids: readonly string[]): AsyncGenerator<Key> {
    const names = search.tables.map(({ name }) => name);
    const rules = { traits: reach.identity.externalTraits, spaces: spacesOf(reach.identity).ids };
    let window = await firstWindow(reach, names, MOST_DAYS);
    for (let failures = 0; window !== undefined; ) {
      const ended = await askAthena(reach, keysSql(search, window, ids, rules));
      if (ended.state === 'succeeded') {
        for await (const keys of firstColumn(reach.objects, ended.output)) yield* keys;
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

  return async function* find(ids) {
    const searches = searchesOf(reach.tables, reach.allTables);
    for (let at = 0; at < ids.length; at += IDS_A_QUERY) {
      for (const search of searches) yield* ofSearch(search, ids.slice(at, at + IDS_A_QUERY));
    }
  };
}

import type { TableStore } from './drafting.ts';

/** An item, by dynalite's own key of it. */
export interface Place {
  readonly table: string;
  readonly key: string;
}

/**
 * Takes dynalite's locks of some items, by which its own writes wait as well. Resolves with what gives them back. All are
 * asked for at once: who comes first is first at every item, so that nobody waits for one who waits for him.
 */
export async function lockItems(store: Pick<TableStore, 'getItemDb'>, places: readonly Place[]): Promise<() => void> {
  const locks = [...Map.groupBy(places, ({ table }) => table)].map(
    ([table, own]) =>
      new Promise<() => void>((resolve) => {
        const keys = own.map(({ key }) => key);
        store.getItemDb(table).lock(keys, (release) => resolve(release(() => {})));
      }),
  );
  const releases = await Promise.all(locks);
  return () => {
    for (const release of releases) release();
  };
}

type Done = (error?: unknown) => void;

/** dynalite's LevelDB: items lie under `item-<table>~<key>`. */
export interface ItemLevel {
  put(key: string, value: unknown, done: Done): void;
  del(key: string, done: Done): void;
  batch(changes: readonly Change[], done: Done): void;
  getSync(key: string): unknown;
  iterator(range: { readonly gte: string; readonly lt: string }): AsyncIterable<[key: string, value: unknown]>;
}

export type Change = { readonly type: 'put'; readonly key: string; readonly value: unknown } | Removal;
type Removal = { readonly type: 'del'; readonly key: string };

/** A change of an item: when, of which, and what was there before. */
interface Entry {
  readonly at: number;
  readonly key: string;
  readonly before?: unknown;
}

/** What items were before each change, of tables that are backed up. Times are in milliseconds since 1970. */
export interface ItemHistory {
  /** Since when changes of a table are kept; undefined when they are not. */
  since(table: string): number | undefined;
  begin(table: string, now: number): Promise<void>;
  end(table: string): Promise<void>;
  /** Changes together with what has to be kept of what they change: for who writes many at once. */
  noting(changes: readonly Change[]): Change[];
  /** The items of a table as they were right after everything that happened until `time`. */
  itemsAt(table: string, time: number): Promise<unknown[]>;
}

const settings = 'backed-up~';
const itemOf = /^item-([^~]+)~/;
const behind = (prefix: string) => `${prefix}\u00ff`;
const noted: Done = () => {};

/** Keeps, in one write with each change of an item, what was there before; from now on, for tables that are backed up. */
export async function keepItemHistory(level: ItemLevel): Promise<ItemHistory> {
  const { put, del } = level;
  const backedUp = new Map<string, number>();
  for await (const [key, since] of level.iterator({ gte: settings, lt: behind(settings) })) {
    backedUp.set(key.slice(settings.length), since as number);
  }
  let count = 0;
  const change = (key: string): { readonly key: string; readonly value: Entry } | undefined => {
    const table = itemOf.exec(key)?.[1];
    if (table === undefined || !backedUp.has(table)) return undefined;
    const before = level.getSync(key);
    const at = Date.now();
    count += 1;
    const order = `${String(at).padStart(15, '0')}-${String(count).padStart(12, '0')}`;
    return { key: `history-${table}~${order}`, value: { at, key, ...(before !== undefined && { before }) } };
  };
  level.put = (key, value, done) => {
    const entry = change(key);
    // What is put at once is written at once: put-together.ts.
    if (entry) put(entry.key, entry.value, noted);
    put(key, value, done);
  };
  level.del = (key, done) => {
    const entry = change(key);
    if (!entry) return del(key, done);
    level.batch(
      [
        { type: 'put', ...entry },
        { type: 'del', key },
      ],
      done,
    );
  };
  const written = (changes: readonly Change[]) =>
    new Promise<void>((resolve, reject) => level.batch(changes, (error) => (error ? reject(error) : resolve())));
  const all = async (prefix: string) => {
    const found: [string, unknown][] = [];
    for await (const entry of level.iterator({ gte: prefix, lt: behind(prefix) })) found.push(entry);
    return found;
  };
  return {
    since: (table) => backedUp.get(table),
    noting: (changes) => {
      const entries = changes.map(({ key }) => change(key)).filter((entry) => entry !== undefined);
      return [...entries.map((entry): Change => ({ type: 'put', ...entry })), ...changes];
    },
    begin: async (table, now) => {
      if (backedUp.has(table)) return;
      await written([{ type: 'put', key: settings + table, value: now }]);
      backedUp.set(table, now);
    },
    end: async (table) => {
      if (!backedUp.delete(table)) return;
      const kept = (await all(`history-${table}~`)).map(([key]) => key);
      await written([settings + table, ...kept].map((key) => ({ type: 'del', key })));
    },
    itemsAt: async (table, time) => {
      const items = new Map(await all(`item-${table}~`));
      const later = (await all(`history-${table}~`)).map(([, entry]) => entry as Entry).filter(({ at }) => at > time);
      for (const { key, before } of later.toReversed()) {
        if (before === undefined) items.delete(key);
        else items.set(key, before);
      }
      return [...items.values()];
    },
  };
}

import type { EmulatorError, Operation } from '../level-emulator.ts';
import type { Change, ItemLevel } from './item-history.ts';

/** An item in DynamoDB's JSON. */
export type StoredItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Done = (error?: unknown, value?: unknown) => void;

/** What dynalite's actions use of its store. */
export interface TableStore {
  readonly options: object;
  getTable(name: string, done: (error: EmulatorError | null, table: object) => void): void;
  getItemDb(table: string): { lock(keys: readonly string[], run: Locked): void };
}
type Locked = (release: (done: () => void) => () => void) => void;

/** What an action would change, of an item that nobody else writes meanwhile. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly before?: StoredItem;
  readonly after?: StoredItem;
  readonly output?: object | undefined;
  /** Why it may not. */
  readonly refusal?: EmulatorError;
}

/** Runs one of dynalite's actions and gives what it would write, the item and its indexes, instead of writing it. */
export async function draft(action: Operation, input: object, store: TableStore, level: ItemLevel): Promise<Draft> {
  const changes: Change[] = [];
  let before: StoredItem | undefined;
  let after: StoredItem | undefined;
  const below = (prefix: string) => ({
    put: (key: string, value: unknown, done: Done) => {
      changes.push({ type: 'put', key: prefix + key, value });
      done();
    },
    del: (key: string, done: Done) => {
      changes.push({ type: 'del', key: prefix + key });
      done();
    },
  });
  const items = (table: string) => {
    const { put, del } = below(`item-${table}~`);
    return {
      lock: (_: string, run: (release: (done: Done) => Done) => void) => run((done) => done),
      get: (key: string, done: Done) => {
        before = level.getSync(`item-${table}~${key}`) as StoredItem | undefined;
        done(null, before);
      },
      put: (key: string, item: StoredItem, done: Done) => {
        after = item;
        put(key, item, done);
      },
      del,
    };
  };
  const drafting = {
    options: store.options,
    getTable: store.getTable,
    getItemDb: items,
    getIndexDb: (kind: string, table: string, index: string) => below(`index-${kind.toLowerCase()}~${table}~${index}~`),
  };
  const [refusal, output] = await new Promise<[EmulatorError | null, object | undefined]>((resolve) => {
    action.run(drafting, input, (error, result) => resolve([error, result]));
  });
  return {
    changes,
    output,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(refusal && { refusal }),
  };
}

import { transactReadUnits, transactWriteUnits } from '../../gateway/billing-dynamodb-units.ts';
import { itemSize } from '../../gateway/billing-item-size.ts';
import type { Emulator, EmulatorError, Operation } from '../level-emulator.ts';
import { type CancellationReason, cancelled, reasonOf } from './cancelled-transaction.ts';
import { type Draft, draft, type TableStore } from './drafting.ts';
import type { Change, ItemHistory, ItemLevel } from './item-history.ts';
import { lockItems, type Place } from './item-locks.ts';
import { type Action, actionsOf, reads, type TransactInput, typesOf, writes } from './transaction-input.ts';
import { digestOf, type TransactionTokens } from './transaction-tokens.ts';

/** dynalite's own functions about items. */
interface Items {
  validateItem(item: object, table: object): EmulatorError | undefined;
  validateKey(key: object, table: object): EmulatorError | undefined;
  createKey(item: object, table: object): string;
  validationError(message: string): EmulatorError;
}

interface Parts {
  readonly emulator: Emulator<unknown>;
  readonly store: TableStore;
  readonly level: ItemLevel;
  readonly history: ItemHistory;
  readonly tokens: TransactionTokens;
}

/**
 * `TransactWriteItems` and `TransactGetItems`, which dynalite has not: its own actions, on items that are locked as for its
 * own writes, and their changes in one write of LevelDB. Whoever is at an item makes a transaction wait, where DynamoDB
 * would cancel it.
 */
export function transactions({ emulator, store, level, history, tokens }: Parts): ReadonlyMap<string, Operation> {
  const items = emulator.moduleAt('db') as Items;
  const actionsIn = (input: TransactInput, of: typeof writes) => {
    const actions = actionsOf(emulator, input, of, store);
    if (typeof actions === 'string') throw items.validationError(actions);
    return actions;
  };
  const tableOf = (name: string) =>
    new Promise<object>((resolve, reject) => {
      store.getTable(name, (error, table) => (error ? reject(error) : resolve(table)));
    });

  /** Where the items lie. A wrong key cancels the whole. */
  const placesOf = async (actions: readonly Action[]): Promise<Place[]> => {
    const names = [...new Set(actions.map(({ input }) => input.TableName))];
    const tables = new Map(await Promise.all(names.map(async (name) => [name, await tableOf(name)] as const)));
    const targets = actions.map(({ input: { TableName, Item, Key = {} } }) => {
      return { TableName, Item, itemOrKey: Item ?? Key, table: tables.get(TableName) ?? {} };
    });
    const wrong = targets.map(({ Item, itemOrKey, table }) =>
      Item ? items.validateItem(Item, table) : items.validateKey(itemOrKey, table),
    );
    if (wrong.some(Boolean)) throw cancelled(wrong.map((each) => (each && reasonOf(each)) ?? none));
    const places = targets.map(({ TableName, itemOrKey, table }) => {
      return { table: TableName, key: items.createKey(itemOrKey, table) };
    });
    const distinct = new Set(places.map(({ table, key }) => `${table} ${key}`));
    if (distinct.size === places.length) return places;
    throw items.validationError('Transaction request cannot include multiple operations on one item');
  };

  /** Works on drafts of the actions while nobody else writes their items. */
  const alone = async <Result>(actions: readonly Action[], work: (drafts: readonly Draft[]) => Result) => {
    const release = await lockItems(store, await placesOf(actions));
    try {
      return await work(
        await Promise.all(actions.map(({ operation, input }) => draft(operation, input, store, level))),
      );
    } finally {
      release();
    }
  };
  const written = (changes: readonly Change[]) =>
    new Promise<void>((resolve, reject) => level.batch(changes, (error) => (error ? reject(error) : resolve())));

  const perform = (actions: readonly Action[], more: () => readonly Change[]) =>
    alone(actions, async (drafts) => {
      refuse(actions, drafts);
      const changes = drafts.flatMap(({ changes }, at) => (actions[at]?.kind === 'ConditionCheck' ? [] : changes));
      await written([...history.noting(changes), ...more()]);
      return drafts.map(({ before = {}, after = {} }) => transactWriteUnits(itemSize(before), itemSize(after)));
    });
  const unitsToRead = (drafts: readonly Draft[]) =>
    drafts.map(({ before = {} }) => transactReadUnits(itemSize(before)));

  const write = async (input: TransactInput) => {
    const { ClientRequestToken: token, ...asked } = input;
    const digest = token === undefined ? '' : digestOf(asked);
    const actions = actionsIn(input, writes);
    if (token === undefined) return capacity(input, 'Write', actions, await perform(actions, () => []));
    if (tokens.begin(token, digest, Date.now()) === 'done') {
      return capacity(input, 'Read', actions, await alone(actions, unitsToRead));
    }
    let doneAt: number | undefined;
    try {
      const units = await perform(actions, () => tokens.changes(token, Date.now()));
      doneAt = Date.now();
      return capacity(input, 'Write', actions, units);
    } finally {
      tokens.end(token, doneAt);
    }
  };
  const read = async (input: TransactInput) => {
    const actions = actionsIn(input, reads);
    return alone(actions, (drafts) => {
      refuse(actions, drafts);
      const Responses = drafts.map(({ output }) => ({ Item: (output as { Item?: object }).Item }));
      return { Responses, ...capacity(input, 'Read', actions, unitsToRead(drafts)) };
    });
  };
  const operation = (of: typeof writes, perform: (input: TransactInput) => Promise<object>): Operation => ({
    types: typesOf(emulator, of),
    run: (_, input, done) => void perform(input as TransactInput).then((output) => done(null, output), done),
  });
  return new Map([
    ['TransactWriteItems', operation(writes, write)],
    ['TransactGetItems', operation(reads, read)],
  ]);
}

const none: CancellationReason = { Code: 'None' };

/** Throws when an action may not be done, with the reason of each. */
function refuse(actions: readonly Action[], drafts: readonly Draft[]): void {
  if (drafts.every(({ refusal }) => refusal === undefined)) return;
  const reasons = drafts.map(({ refusal, before: Item }, at) => {
    if (refusal === undefined) return none;
    const reason = reasonOf(refusal);
    if (reason === undefined) throw refusal;
    const isTold = actions[at]?.input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && Item !== undefined;
    return isTold && reason.Code === 'ConditionalCheckFailed' ? { ...reason, Item } : reason;
  });
  throw cancelled(reasons);
}

/** Capacity by table, if it was asked for. */
function capacity(
  { ReturnConsumedCapacity: asked = 'NONE' }: TransactInput,
  kind: 'Read' | 'Write',
  actions: readonly Action[],
  units: readonly number[],
): object {
  if (asked === 'NONE') return {};
  const byTable = Map.groupBy(actions.entries(), ([, { input }]) => input.TableName);
  const ConsumedCapacity = [...byTable].map(([TableName, own]) => {
    const CapacityUnits = own.reduce((sum, [at]) => sum + (units[at] ?? 0), 0);
    const counted = { CapacityUnits, [`${kind}CapacityUnits`]: CapacityUnits };
    return { TableName, ...counted, ...(asked === 'INDEXES' && { Table: counted }) };
  });
  return { ConsumedCapacity };
}

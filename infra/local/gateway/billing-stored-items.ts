import { type Item, itemSize } from './billing-item-size.ts';

/** Asks the table itself, beside the call that is metered; not charged. */
export type Ask = <Output>(operation: string, input: object) => Promise<Output | undefined>;

type Keys = readonly string[];

const keyNames = new WeakMap<Ask, Map<string, Promise<Keys>>>();

/** Bytes of an item as it is: 0 where there is none. */
export async function sizeNow(TableName: string, Key: Item, ask: Ask): Promise<number> {
  const found = await ask<{ readonly Item?: Item }>('GetItem', { TableName, Key, ConsistentRead: true });
  return itemSize(found?.Item ?? {});
}

/** The key attributes of an item. */
export async function keyOf(TableName: string, item: Item, ask: Ask): Promise<Item> {
  const tables = keyNames.get(ask) ?? new Map<string, Promise<Keys>>();
  keyNames.set(ask, tables);
  const names = tables.get(TableName) ?? describeKey(TableName, ask);
  tables.set(TableName, names);
  return Object.fromEntries((await names).flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

async function describeKey(TableName: string, ask: Ask): Promise<Keys> {
  const described = await ask<{ Table: { KeySchema: { AttributeName: string }[] } }>('DescribeTable', { TableName });
  return described?.Table.KeySchema.map(({ AttributeName }) => AttributeName) ?? [];
}

import { itemSize } from '../../gateway/billing-item-size.ts';
import type { Emulator, Operation } from '../level-emulator.ts';
import type { StoredItem } from './drafting.ts';

/** The actions of a transaction, each with the operation of dynalite that does it. */
const kinds = {
  Put: { operation: 'PutItem', fields: ['TableName', 'Item'], needs: [] },
  Update: { operation: 'UpdateItem', fields: ['TableName', 'Key', 'UpdateExpression'], needs: ['UpdateExpression'] },
  Delete: { operation: 'DeleteItem', fields: ['TableName', 'Key'], needs: [] },
  /** A delete that is not carried out. */
  ConditionCheck: { operation: 'DeleteItem', fields: ['TableName', 'Key'], needs: ['ConditionExpression'] },
  Get: {
    operation: 'GetItem',
    fields: ['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames'],
    needs: [],
  },
} as const;
type Kind = keyof typeof kinds;

export const writes: readonly Kind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];
export const reads: readonly Kind[] = ['Get'];

const ofCondition = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 ** 2;

/** What an action is asked for, as dynalite's operation is. */
export interface ActionInput {
  readonly TableName: string;
  readonly Key?: StoredItem;
  readonly Item?: StoredItem;
  readonly ExpressionAttributeValues?: StoredItem;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}

export interface TransactInput {
  readonly TransactItems: readonly (Partial<Record<Kind, ActionInput>> | null)[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export interface Action {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly input: ActionInput;
}

type Types = Readonly<Record<string, object>>;

const operationOf = (emulator: Emulator<unknown>, kind: Kind): Operation => {
  const operation = emulator.operations.get(kinds[kind].operation);
  if (operation === undefined) throw new Error(`dynalite has no operation ${kinds[kind].operation}`);
  return operation;
};

/** How dynalite checks the input of a transaction: each action's fields as those of its operation. */
export function typesOf(emulator: Emulator<unknown>, of: readonly Kind[]): object {
  const fieldsOf = (kind: Kind): Types => {
    const types = operationOf(emulator, kind).types as Types;
    const { fields, needs } = kinds[kind];
    const names = [...fields, ...(kind === 'Get' ? [] : ofCondition)];
    const needed = new Set<string>(needs);
    const plain = names.map((name) => [name, { ...types[name], ...(needed.has(name) && { notNull: true }) }] as const);
    const onFailure = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
    return {
      ...Object.fromEntries(plain),
      ...(kind !== 'Get' && { ReturnValuesOnConditionCheckFailure: onFailure }),
    };
  };
  const children = of.map((kind) => [kind, { type: `FieldStruct<${kind}>`, children: fieldsOf(kind) }] as const);
  return {
    ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
    ReturnItemCollectionMetrics: { type: 'String', enum: ['SIZE', 'NONE'] },
    ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
    TransactItems: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      lengthLessThanOrEqual: MAX_ACTIONS,
      children: { type: 'ValueStruct<TransactItem>', children: Object.fromEntries(children) },
    },
  };
}

/** Takes a transaction apart. Gives the message of DynamoDB's where it may not be so. */
export function actionsOf(
  emulator: Emulator<unknown>,
  { TransactItems }: TransactInput,
  of: readonly Kind[],
  store: unknown,
): readonly Action[] | string {
  const actions: Action[] = [];
  for (const item of TransactItems) {
    const asked = of.filter((kind) => item?.[kind] !== undefined);
    const [kind] = asked;
    if (kind === undefined) return of === reads ? noGet : noWrite;
    if (asked.length > 1) return 'TransactItems can only contain one of Check, Put, Update or Delete';
    const operation = operationOf(emulator, kind);
    // dynalite notes parsed expressions on the input.
    const input = { ...item?.[kind] } as ActionInput;
    const message = (operation.custom as (input: object, store: unknown) => string | undefined)(input, store);
    if (message) return message;
    actions.push({ kind, operation, input });
  }
  const bytes = actions.reduce((sum, { input }) => sum + payloadOf(input), 0);
  return bytes > MAX_BYTES ? `Transaction payload size cannot exceed ${MAX_BYTES} bytes` : actions;
}

const noWrite = 'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request';
const noGet = 'Invalid Request: TransactGetRequest should contain Get request';

/** What counts is what the request holds, not how large the items are that it deletes. */
const payloadOf = ({ Item = {}, Key = {}, ExpressionAttributeValues = {} }: ActionInput) =>
  [Item, Key, ExpressionAttributeValues].reduce((sum, item) => sum + itemSize(item), 0);

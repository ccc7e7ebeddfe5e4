import { readUnits, writeUnits } from './billing-dynamodb-units.ts';
import { type Item, itemSize } from './billing-item-size.ts';
import { type Ask, keyOf, sizeNow } from './billing-stored-items.ts';
import { meterTransaction } from './billing-transactions.ts';
import type { Charge } from './billing-units.ts';
import type { AwsAnswer, AwsCall } from './types.ts';

interface Requests {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}
interface Input {
  readonly TableName: string;
  readonly Key: Item;
  readonly Item: Item;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly FilterExpression?: string;
  readonly Select?: string;
  readonly RequestItems: Readonly<
    Record<string, readonly Requests[] & { Keys: readonly Item[]; ConsistentRead?: boolean }>
  >;
}
interface Output {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly ConsumedCapacity?: { readonly CapacityUnits: number };
  readonly UnprocessedItems?: Readonly<Record<string, readonly Requests[]>>;
}

const transactional = new Set(['TransactWriteItems', 'TransactGetItems']);

/**
 * Makes a call and says what DynamoDB charges for it. What an item was before a write, and what is left out of an answer, is
 * read from the table beside the call.
 */
export async function meterDynamoDb(
  call: AwsCall,
  proceed: () => Promise<AwsAnswer>,
  ask: Ask,
): Promise<[AwsAnswer, Charge[]]> {
  if (transactional.has(call.operation)) return meterTransaction(call, proceed, ask);
  const input = JSON.parse(call.body.toString() || '{}') as Input;
  const before = await sizesBefore(call.operation, input, ask);
  const answer = await proceed();
  const isRefusedCondition = answer.status === 400 && answer.body.includes('ConditionalCheckFailedException');
  if (answer.status >= 300 && !isRefusedCondition) return [answer, []];
  const output = JSON.parse(answer.body.toString() || '{}') as Output;
  return [answer, await chargesOf(call.operation, input, output, before, !isRefusedCondition, ask)];
}

async function chargesOf(
  operation: string,
  input: Input,
  output: Output,
  before: readonly number[],
  isDone: boolean,
  ask: Ask,
): Promise<Charge[]> {
  const { TableName: resource } = input;
  const written = (after: number): Charge[] => [
    { resource, unit: 'dynamodbWriteUnits', quantity: writeUnits(before[0] ?? 0, after) },
  ];
  switch (operation) {
    case 'PutItem':
      return written(itemSize(input.Item));
    case 'DeleteItem':
      return written(0);
    case 'UpdateItem':
      return written(isDone ? await sizeNow(input.TableName, input.Key, ask) : 0);
    case 'BatchWriteItem':
      return batchWrites(input, output, before);
    case 'GetItem': {
      const bytes = input.ProjectionExpression === undefined ? itemSize(output.Item ?? {}) : (before[0] ?? 0);
      return [{ resource, unit: 'dynamodbReadUnits', quantity: readUnits(bytes, input.ConsistentRead === true) }];
    }
    case 'BatchGetItem':
      return batchReads(input, before);
    case 'Query':
    case 'Scan':
      return [{ resource, unit: 'dynamodbReadUnits', quantity: await pageUnits(operation, input, output, ask) }];
    default:
      return [];
  }
}

/** Bytes of the items that a call names, as they are: 0 where there is none. */
async function sizesBefore(operation: string, input: Input, ask: Ask): Promise<readonly number[]> {
  const sizeOf = (table: string, key: Item) => sizeNow(table, key, ask);
  const keyed = (table: string, item: Item) => keyOf(table, item, ask).then((key) => sizeOf(table, key));
  switch (operation) {
    case 'PutItem':
      return [await keyed(input.TableName, input.Item)];
    case 'GetItem':
      return input.ProjectionExpression === undefined ? [] : [await sizeOf(input.TableName, input.Key)];
    case 'DeleteItem':
    case 'UpdateItem':
      return [await sizeOf(input.TableName, input.Key)];
    case 'BatchWriteItem':
      return Promise.all(
        Object.entries(input.RequestItems).flatMap(([table, requests]) =>
          requests.map(({ PutRequest, DeleteRequest }) => keyed(table, PutRequest?.Item ?? DeleteRequest?.Key ?? {})),
        ),
      );
    case 'BatchGetItem':
      return Promise.all(
        Object.entries(input.RequestItems).flatMap(([table, { Keys }]) => Keys.map((key) => sizeOf(table, key))),
      );
    default:
      return [];
  }
}

/** Each item by itself; what was not processed comes again, and is charged then. */
function batchWrites({ RequestItems }: Input, { UnprocessedItems = {} }: Output, before: readonly number[]): Charge[] {
  let at = 0;
  return Object.entries(RequestItems).map(([resource, requests]) => {
    const left = new Set((UnprocessedItems[resource] ?? []).map((request) => JSON.stringify(request)));
    let quantity = 0;
    for (const request of requests) {
      const after = request.PutRequest ? itemSize(request.PutRequest.Item) : 0;
      const units = writeUnits(before[at++] ?? 0, after);
      if (!left.has(JSON.stringify(request))) quantity += units;
    }
    return { resource, unit: 'dynamodbWriteUnits', quantity };
  });
}

/** Each item by itself, as if it were read alone. */
function batchReads({ RequestItems }: Input, before: readonly number[]): Charge[] {
  let at = 0;
  return Object.entries(RequestItems).map(([resource, { Keys, ConsistentRead = false }]) => {
    const quantity = Keys.reduce((sum) => sum + readUnits(before[at++] ?? 0, ConsistentRead), 0);
    return { resource, unit: 'dynamodbReadUnits', quantity };
  });
}

/** A page is charged for what it read, not for what it shows: where these differ, the table itself is asked. */
async function pageUnits(operation: string, input: Input, output: Output, ask: Ask): Promise<number> {
  const showsLess = input.ProjectionExpression ?? input.FilterExpression ?? input.Select;
  if (showsLess === undefined) {
    const bytes = (output.Items ?? []).reduce((sum, item) => sum + itemSize(item), 0);
    return readUnits(bytes, input.ConsistentRead === true);
  }
  const eventual = { ...input, ConsistentRead: false, ReturnConsumedCapacity: 'TOTAL' };
  const again = await ask<Output>(operation, eventual);
  const half = Math.max(again?.ConsumedCapacity?.CapacityUnits ?? 0, readUnits(0, false));
  return input.ConsistentRead === true ? 2 * half : half;
}

import { randomUUID } from 'node:crypto';
import { jsonService } from './json-service.ts';
import type { SignedHttpOptions } from './signed-http.ts';
import { cancelledTransaction, isCancelledByCondition } from './transaction-cancelled.ts';

/** A value as DynamoDB's wire holds it: our few attributes are written by hand, which spares a library. */
export interface AttributeValue {
  readonly S?: string;
  /** A number in decimal. */
  readonly N?: string;
  /** Bytes in base64. */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: true;
  readonly SS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

export type Item = { readonly [name: string]: AttributeValue };

/** A moment, in milliseconds since 1970, as tables want it of items that expire. */
export const secondsOf = (time: number): { readonly N: string } => ({ N: String(Math.ceil(time / 1000)) });

interface Expressions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

interface Condition extends Expressions {
  readonly ConditionExpression?: string;
}

export interface PutItemInput extends Condition {
  readonly TableName: string;
  readonly Item: Item;
}

interface Page extends Expressions {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
}

export interface QueryInput extends Page {
  readonly KeyConditionExpression: string;
  readonly ScanIndexForward?: boolean;
}

interface ScanInput extends Page {
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

interface PageOutput {
  readonly Items?: readonly Item[];
  /** There may be more, after this key. */
  readonly LastEvaluatedKey?: Item;
}

interface ReadBatch {
  readonly [table: string]: {
    readonly Keys: readonly Item[];
    readonly ConsistentRead?: boolean;
    readonly ProjectionExpression?: string;
  };
}

export type WriteRequest =
  | { readonly PutRequest: { readonly Item: Item } }
  | { readonly DeleteRequest: { readonly Key: Item } };

interface WriteBatch {
  readonly [table: string]: readonly WriteRequest[];
}

interface ItemKey {
  readonly TableName: string;
  readonly Key: Item;
}

interface ItemUpdate extends ItemKey, Condition {
  readonly UpdateExpression: string;
}

/** What a cancelled transaction tells of an item whose condition does not hold. */
interface OnFailure {
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}

/** One action of a transaction. */
export type TransactWriteItem =
  | { readonly Put: PutItemInput & OnFailure }
  | { readonly Update: ItemUpdate & OnFailure }
  | { readonly Delete: ItemKey & Condition & OnFailure }
  | { readonly ConditionCheck: ItemKey & Expressions & OnFailure & { readonly ConditionExpression: string } };

/** At most 100 actions, 4 MB in all, each on another item. */
export interface TransactWriteItemsInput {
  readonly TransactItems: readonly TransactWriteItem[];
  /**
   * Sent again with the same token within ten minutes, the transaction is not done again and succeeds again. By default each
   * call has one of its own, so that its attempts are one transaction; two calls are two.
   */
  readonly ClientRequestToken?: string;
}

/** Input and output of the operations that functions use. */
interface Operations {
  readonly GetItem: [ItemKey & { readonly ConsistentRead?: boolean }, { readonly Item?: Item }];
  readonly PutItem: [PutItemInput, object];
  readonly UpdateItem: [ItemUpdate, object];
  readonly DeleteItem: [ItemKey & Condition, object];
  readonly Query: [QueryInput, PageOutput];
  readonly Scan: [ScanInput, PageOutput];
  readonly BatchGetItem: [
    { readonly RequestItems: ReadBatch },
    { readonly Responses?: Readonly<Record<string, readonly Item[]>>; readonly UnprocessedKeys?: ReadBatch },
  ];
  readonly BatchWriteItem: [{ readonly RequestItems: WriteBatch }, { readonly UnprocessedItems?: WriteBatch }];
  readonly TransactWriteItems: [TransactWriteItemsInput, object];
}

/** An operation of DynamoDB. Throws `ServiceError` with DynamoDB's code, and what the connection fails of. */
export type DynamoDb = <Name extends keyof Operations>(
  operation: Name,
  input: Operations[Name][0],
) => Promise<Operations[Name][1]>;

/** Whether a write was refused because its condition, or that of an action of its transaction, does not hold. */
export const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ConditionalCheckFailedException' || isCancelledByCondition(error));

/** Calls end well before a function does. */
const usual = { attempts: 5, pauseMs: 50, timeoutMs: 3_000 };

/**
 * DynamoDB without its client. Throttles, server errors, time-outs and transactions that were in another's way are tried
 * again, usually five times, with growing pauses.
 */
export function createDynamoDb(options: SignedHttpOptions = usual): DynamoDb {
  const protocol = { service: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0', name: 'DynamoDB' } as const;
  const send = jsonService({ ...protocol, refine: cancelledTransaction }, options);
  return (operation, input) =>
    send(operation, operation === 'TransactWriteItems' ? { ClientRequestToken: randomUUID(), ...input } : input);
}

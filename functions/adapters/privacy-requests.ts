import { EXPORT_DAYS, type PrivacyRequest } from '../../schemas/privacy.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { registerId } from '../../shared/privacy/register.ts';
import { type DynamoDb, type Item, isConditionFailed, secondsOf } from './dynamodb.ts';
import { readItems } from './dynamodb-batches.ts';
import { requestOf } from './privacy-items.ts';

/** Requests of privacy, beside the register of whom they are about. */
export interface PrivacyRequests {
  /** Stores a request, and that it waits. Throws what DynamoDB throws: then it may be stored and does not wait. */
  create(request: PrivacyRequest): Promise<void>;
  /** Undefined when there is none. */
  read(id: string): Promise<PrivacyRequest | undefined>;
  /** Those that are not over, the oldest first. */
  open(): Promise<readonly PrivacyRequest[]>;
  /** Notes how far a request is. May be done again. */
  note(id: string, step: string): Promise<void>;
  /** Notes by hash whose archive an export makes, for as long as that lies there. */
  noteExport(keys: readonly Key[], id: string, now: number): Promise<void>;
  /** Exports whose archives of a person may still lie there. */
  exportsOf(keys: readonly Key[]): Promise<readonly string[]>;
  /** Notes the end of a request; then it does not wait any more. May be done again. */
  finish(request: PrivacyRequest): Promise<void>;
}

const keyOf = (id: string): Item => ({ id: { S: `q:${id}` } });
/** By hash, as in the register. */
const archivesKey = (key: Key): Item => ({ id: { S: `x:${registerId(key).slice(2)}` } });
/** The item that names the requests that wait: they are found without looking at all. */
const queueKey: Item = { id: { S: 'queue' } };
/** Requests that one read of the queue takes. */
const MAX_OPEN = 1_000;
const DAY_MS = 86_400_000;

export function createPrivacyRequests(dynamoDb: DynamoDb, table: string): PrivacyRequests {
  const enqueue = (verb: 'ADD' | 'DELETE', id: string) =>
    dynamoDb('UpdateItem', {
      TableName: table,
      Key: queueKey,
      UpdateExpression: `${verb} waiting :id`,
      ExpressionAttributeValues: { ':id': { SS: [id] } },
    });
  const put = (request: PrivacyRequest) =>
    dynamoDb('PutItem', { TableName: table, Item: { ...keyOf(request.id), request: { S: JSON.stringify(request) } } });
  const read = async (id: string) => {
    const { Item: item } = await dynamoDb('GetItem', { TableName: table, Key: keyOf(id), ConsistentRead: true });
    return item && requestOf(item);
  };

  return {
    read,
    create: async (request) => {
      await put(request);
      await enqueue('ADD', request.id);
    },
    open: async () => {
      const { Item: queue } = await dynamoDb('GetItem', { TableName: table, Key: queueKey, ConsistentRead: true });
      const ids = (queue?.waiting?.SS ?? []).slice(0, MAX_OPEN);
      const requests = (await readItems(dynamoDb, table, ids.map(keyOf))).flatMap((item) => requestOf(item) ?? []);
      return requests.sort((one, other) => one.requestedAt - other.requestedAt || (one.id < other.id ? -1 : 1));
    },
    note: async (id, step) => {
      const request = await read(id);
      if (request === undefined || request.step === step || request.completedAt !== undefined) return;
      const before = JSON.stringify(request);
      try {
        await dynamoDb('UpdateItem', {
          TableName: table,
          Key: keyOf(id),
          UpdateExpression: 'SET #request = :after',
          ConditionExpression: '#request = :before',
          ExpressionAttributeNames: { '#request': 'request' },
          ExpressionAttributeValues: {
            ':before': { S: before },
            ':after': { S: JSON.stringify({ ...request, state: 'running', step }) },
          },
        });
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
    },
    noteExport: async (keys, id, now) => {
      const expiresAt = secondsOf(now + 2 * EXPORT_DAYS * DAY_MS);
      for (const key of keys) {
        await dynamoDb('UpdateItem', {
          TableName: table,
          Key: archivesKey(key),
          UpdateExpression: 'SET expiresAt = :until ADD exports :id',
          ExpressionAttributeValues: { ':until': expiresAt, ':id': { SS: [id] } },
        });
      }
    },
    exportsOf: async (keys) => {
      const items = await readItems(dynamoDb, table, [...new Set(keys)].map(archivesKey));
      return [...new Set(items.flatMap(({ exports }) => exports?.SS ?? []))];
    },
    finish: async (request) => {
      await put(request);
      await enqueue('DELETE', request.id);
    },
  };
}

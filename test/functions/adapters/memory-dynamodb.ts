import type { AttributeValue, DynamoDb, Item } from '../../../functions/adapters/dynamodb.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';

export type { Item } from '../../../functions/adapters/dynamodb.ts';

/** What becomes of a write: it happens, it is refused, or it happens and its answer is lost. */
export type Fault = 'none' | 'refused' | 'answer_lost';

interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Record<string, unknown>;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ExclusiveStartKey?: Item;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
}

/** One table in memory that answers the few calls and expressions that the adapters make, and fails when told to. */
export class MemoryDynamoDb {
  readonly items = new Map<string, Item>();
  readonly #keys: readonly [string, string];
  /** Decides on each item that is written or deleted. */
  onWrite: () => Fault = () => 'none';
  /** Waited for before each call. */
  before: (call: string) => Promise<unknown> = async () => {};
  calls = 0;

  constructor(partitionKey: string, sortKey: string) {
    this.#keys = [partitionKey, sortKey];
  }

  get client(): DynamoDb {
    return (operation, input) => this.#send(operation, input as Input) as never;
  }

  /** The items whose partition key starts so, in no order. */
  in(partition: string): Item[] {
    return [...this.items.values()].filter((item) => item[this.#keys[0]]?.S?.startsWith(partition));
  }

  async #send(operation: string, input: Input): Promise<unknown> {
    this.calls += 1;
    await this.before(operation);
    switch (operation) {
      case 'GetItem':
        return { Item: this.items.get(this.#place(input.Key ?? {})) };
      case 'BatchGetItem':
        return { Responses: this.#each<{ Keys: Item[] }>(input, ({ Keys }) => this.#found(Keys)) };
      case 'PutItem':
        this.#put(input.Item ?? {}, input);
        return {};
      case 'BatchWriteItem':
        this.#each<{ PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>(input, (requests) => {
          if (requests.length > 25) throw new Error('Too many items requested for the BatchWriteItem call');
          const places = requests.map(({ PutRequest, DeleteRequest }) =>
            this.#place(PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
          );
          if (new Set(places).size < places.length) throw new Error('Provided list of item keys contains duplicates');
          for (const { PutRequest, DeleteRequest } of requests) {
            if (PutRequest) this.#put(PutRequest.Item, {});
            else this.#write(() => this.items.delete(this.#place(DeleteRequest?.Key ?? {})));
          }
        });
        return {};
      case 'Query':
        return this.#query(input);
      default:
        throw new Error(`${operation} is not answered here.`);
    }
  }

  #each<T>({ RequestItems = {} }: Input, act: (requests: T) => unknown): Record<string, unknown> {
    return Object.fromEntries(Object.entries(RequestItems).map(([table, requests]) => [table, act(requests as T)]));
  }

  #found(keys: readonly Item[]): Item[] {
    if (keys.length > 100) throw new Error('Too many items requested for the BatchGetItem call');
    if (new Set(keys.map((key) => this.#place(key))).size < keys.length) {
      throw new Error('Provided list of item keys contains duplicates');
    }
    return keys.map((key) => this.items.get(this.#place(key))).filter((item) => item !== undefined);
  }

  #put(item: Item, input: Input): void {
    this.#write(() => {
      const stored = this.items.get(this.#place(item)) ?? {};
      if (input.ConditionExpression && !holds(input.ConditionExpression, stored, input)) {
        throw new ServiceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
      }
      this.items.set(this.#place(item), item);
    });
  }

  #write(act: () => void): void {
    const fault = this.onWrite();
    if (fault === 'refused') throw new Error('The table is out of reach.');
    act();
    if (fault === 'answer_lost') throw new Error('The connection was closed.');
  }

  #query(input: Input): { Items: Item[]; LastEvaluatedKey?: Item } {
    if (input.Limit !== undefined && input.Limit < 1) throw new Error('Limit must be greater than or equal to 1');
    const [, sortKey] = this.#keys;
    const sortOf = (item: Item) => item[sortKey]?.S ?? '';
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const start = input.ExclusiveStartKey;
    const found = [...this.items.values()]
      .filter((item) => holds(input.KeyConditionExpression ?? '', item, input))
      .sort((a, b) => direction * compare(sortOf(a), sortOf(b)))
      .filter((item) => start === undefined || direction * compare(sortOf(item), sortOf(start)) > 0);
    const looked = found.slice(0, input.Limit ?? found.length);
    const last = looked.at(-1);
    return {
      Items: looked.filter((item) => !input.FilterExpression || holds(input.FilterExpression, item, input)),
      ...(last && looked.length === input.Limit && { LastEvaluatedKey: this.#keyOf(last) }),
    };
  }

  #keyOf(item: Item): Item {
    return Object.fromEntries(this.#keys.map((name) => [name, item[name] as AttributeValue]));
  }

  #place(item: Item): string {
    for (const name of this.#keys) {
      const bytes = Buffer.byteLength(item[name]?.S ?? '');
      if (bytes === 0 || bytes > (name === this.#keys[0] ? 2048 : 1024))
        throw new Error(`The key ${name} is too long.`);
    }
    return this.#keys.map((name) => item[name]?.S).join('\n');
  }
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Whether an expression of terms joined by AND or OR holds: no parentheses, no functions but two. */
function holds(expression: string, item: Item, input: Input): boolean {
  const operand = (name: string) => {
    const value = name.startsWith(':')
      ? input.ExpressionAttributeValues?.[name]
      : item[input.ExpressionAttributeNames?.[name] ?? name];
    return value?.N === undefined ? value?.S : Number(value.N);
  };
  const term = (text: string): boolean => {
    const [, missing] = /^attribute_not_exists\((\S+)\)$/.exec(text) ?? [];
    if (missing !== undefined) return item[input.ExpressionAttributeNames?.[missing] ?? missing] === undefined;
    const [, start, prefix] = /^begins_with\((\S+), (\S+)\)$/.exec(text) ?? [];
    if (start !== undefined && prefix !== undefined) return String(operand(start)).startsWith(String(operand(prefix)));
    const [left = '', operator, right = ''] = text.split(' ');
    const [a, b] = [operand(left), operand(right)];
    if (a === undefined || b === undefined) return false;
    if (operator === '=') return a === b;
    if (operator === '<') return typeof a === 'string' ? compare(a, String(b)) < 0 : a < Number(b);
    if (operator === '<=') return a <= b;
    if (operator === '>') return a > b;
    throw new Error(`No term is written so: ${text}`);
  };
  return expression.split(' OR ').some((part) => part.split(' AND ').every((text) => term(text.trim())));
}

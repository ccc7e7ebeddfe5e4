import type { DynamoDb, Item } from '../../../functions/adapters/dynamodb.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';

interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** The table of runs in memory, with the conditions that its adapter writes. */
export class ReportTable {
  readonly items = new Map<string, Item>();

  get client(): DynamoDb {
    return async (operation, input) => this.#answer(operation, input as Input) as never;
  }

  #answer(operation: string, { Key, Item, ConditionExpression: condition = '', ExpressionAttributeValues }: Input) {
    const key = (Item ?? Key)?.pk?.S ?? '';
    const stored = this.items.get(key);
    if (operation === 'GetItem') return stored ? { Item: stored } : {};
    if (operation !== 'PutItem' || !Item) throw new Error(`${operation} is not answered here.`);
    const numberOf = (item: Item | undefined, name: string) => Number(item?.[name]?.N ?? Number.NaN);
    const parts = condition.split(' OR ').map((part) => {
      const [name = '', sign, value = ''] = part.split(' ');
      if (part === 'attribute_not_exists(pk)') return stored === undefined;
      const [left, right] = [numberOf(stored, name), numberOf(ExpressionAttributeValues, value)];
      return sign === '<' ? left < right : sign === '<=' ? left <= right : left === right;
    });
    if (!parts.includes(true)) throw new ServiceError('ConditionalCheckFailedException', 400, 'it does not hold');
    this.items.set(key, Item);
    return {};
  }
}

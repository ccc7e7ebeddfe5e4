import type { DynamoDb, Item } from '../../../functions/adapters/dynamodb.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';

interface Input {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** What becomes of a call: it happens, or the caller dies before it, or after it has taken effect. */
export type Fate = 'happens' | 'dies_before' | 'dies_after';

/** The caller died. */
export class Death extends Error {}

/** The table of segments in memory, as far as heads, bodies and jobs need it. */
export class MemoryTable {
  readonly items = new Map<string, Item>();
  calls = 0;
  /** Decides on each call, by its number from 1. */
  fate: (call: number) => Fate = () => 'happens';

  get client(): DynamoDb {
    return async (operation, input) => {
      this.calls += 1;
      const fate = this.fate(this.calls);
      if (fate === 'dies_before') throw new Death();
      const answer = this.#answer(operation, input as Input);
      if (fate === 'dies_after') throw new Death();
      return answer as never;
    };
  }

  #answer(operation: string, input: Input): object {
    const item = input.Item ?? input.Key ?? {};
    const place = `${item.pk?.S} ${item.sk?.S}`;
    const stored = this.items.get(place);
    if (operation === 'GetItem') return { Item: stored };
    if (operation !== 'PutItem') throw new Error(`${operation} is not answered here.`);
    if (!holds(input, stored)) {
      throw new ServiceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
    }
    this.items.set(place, item);
    return {};
  }
}

function holds(
  { ConditionExpression: condition, ExpressionAttributeValues: values = {} }: Input,
  stored?: Item,
): boolean {
  if (condition === undefined) return true;
  if (condition === 'attribute_not_exists(pk)') return stored === undefined;
  const [attribute = '', , value = ''] = condition.split(' ');
  return stored !== undefined && stored[attribute]?.N === values[value]?.N;
}

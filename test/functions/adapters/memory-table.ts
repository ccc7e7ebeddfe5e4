import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;
interface Input {
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

  get client(): DynamoDBClient {
    return {
      send: async (command: { constructor: { name: string }; input: Input }) => {
        this.calls += 1;
        const fate = this.fate(this.calls);
        if (fate === 'dies_before') throw new Death();
        const answer = this.#answer(command);
        if (fate === 'dies_after') throw new Death();
        return answer;
      },
    } as never;
  }

  #answer({ constructor: { name }, input }: { constructor: { name: string }; input: Input }): object {
    const item = input.Item ?? input.Key ?? {};
    const place = `${item.pk?.S} ${item.sk?.S}`;
    const stored = this.items.get(place);
    if (name === 'GetItemCommand') return { Item: stored };
    if (name !== 'PutItemCommand') throw new Error(`${name} is not answered here.`);
    if (!holds(input, stored)) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
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

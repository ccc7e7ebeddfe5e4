import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;
interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** The table of segments in memory, as far as heads, bodies and jobs need it. */
export class MemoryTable {
  readonly items = new Map<string, Item>();

  get client(): DynamoDBClient {
    return {
      send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: Input }) => {
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
      },
    } as never;
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

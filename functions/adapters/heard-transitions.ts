import type { Transition } from '../../schemas/stream/control.ts';
import type { DynamoDb } from './dynamodb.ts';
import { LISTED_MS, numberText, TRANSITIONS_AN_ITEM, transitionPartition, transitionsOf } from './transition-items.ts';

/** Whether the lists of the audience hold all of these, one person's in order: then they were surely published. */
export type HaveHeard = (transitions: readonly Transition[]) => Promise<boolean>;

/**
 * As the audience-writer has written them a moment ago: it may have heard more. What is older than lists go back was said long
 * ago: the batch that had it to say has left the stream.
 */
export function createHaveHeard(dynamoDb: DynamoDb, table: string, clock: () => number): HaveHeard {
  return async (transitions) => {
    const [first] = transitions;
    if (first === undefined || clock() - first.at >= LISTED_MS) return true;
    const { profileId } = first;
    const { Items: items = [] } = await dynamoDb('Query', {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk > :before',
      ExpressionAttributeValues: {
        ':pk': { S: transitionPartition(profileId) },
        // An item that holds the first may begin this much before it.
        ':before': { S: numberText(Math.max(0, first.n - TRANSITIONS_AN_ITEM)) },
      },
    });
    const heard = new Set(items.flatMap((item) => transitionsOf(item, profileId)).map(({ n }) => n));
    return transitions.every(({ n }) => heard.has(n));
  };
}

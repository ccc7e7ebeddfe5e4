import { memberKey, memberOf, placeOf } from './audience-items.ts';
import type { DynamoDb, Item } from './dynamodb.ts';
import { readItems } from './dynamodb-batches.ts';
import { transitionPartition, transitionsOf } from './transition-items.ts';

/** What the lists of the audience hold of a person. */
export interface AudienceOfPerson {
  /** Keys of all items. */
  readonly items: readonly Item[];
  /** Memberships, those that an erasure has just ended included. */
  readonly members: number;
  /** Without those by which an erasure ended memberships. */
  readonly transitions: number;
}

/** Reads what is held of the person of a key, as of the latest writes. */
export type ReadAudienceOf = (key: string, profileId: string) => Promise<AudienceOfPerson>;

/** Every segment that somebody was ever in stands in the list of their transitions: its member item is found by that. */
export function readAudienceOf(dynamoDb: DynamoDb, table: string): ReadAudienceOf {
  return async (key, profileId) => {
    const listed: Item[] = [];
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await dynamoDb('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: transitionPartition(profileId) } },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      });
      listed.push(...Items);
      start = LastEvaluatedKey;
    } while (start);
    const transitions = listed.flatMap((item) => transitionsOf(item, profileId));
    const keys = [...new Set(transitions.flatMap((each) => [each.key, key].map((of) => `${each.segmentId}\n${of}`)))];
    const places = keys.map((each) => {
      const at = each.indexOf('\n');
      return memberKey({ segmentId: each.slice(0, at), key: each.slice(at + 1) });
    });
    const distinct = [...new Map(places.map((place) => [placeOf(place), place])).values()];
    const found = distinct.length === 0 ? [] : await readItems(dynamoDb, table, distinct);
    const own = found.filter((item) => memberOf(item, '').profileId === profileId);
    const numbers = (isErasure: boolean) =>
      new Set(transitions.filter(({ cause }) => (cause.type === 'erasure') === isErasure).map(({ n }) => n));
    const byErasure = numbers(true);
    const members = own.map((item) => memberOf(item, '')).filter(({ hasLeft, n }) => !hasLeft || byErasure.has(n));
    return { items: [...own, ...listed].map(keyOf), members: members.length, transitions: numbers(false).size };
  };
}

const keyOf = ({ pk, sk }: Item): Item => ({ pk: pk ?? { S: '' }, sk: sk ?? { S: '' } });

import { isKeyOf } from '../../shared/identity/spaces.ts';
import type { Item, QueryInput } from './dynamodb.ts';

/** Members of a part of a list. */
export interface FoundMembers {
  readonly items: readonly Item[];
  /** Sort key up to which was looked, when there may be more. */
  readonly lookedAt: string | undefined;
}

type Query = (
  input: Omit<QueryInput, 'TableName'>,
) => Promise<{ readonly Items?: readonly Item[]; readonly LastEvaluatedKey?: Item }>;

/** Reads of one partition that a request makes: two a kind of key, and what past members take. */
const MAX_LOOKS = 20;
/** Sorts behind every text that begins alike. */
const LAST = '\u{10ffff}';

/**
 * Up to `wanted` members of a partition, after a sort key, whose keys are of a space. Sort keys are keys, `user:shop-b/42`: those
 * of a space lie together for each kind, so that all others are skipped at once, however many they are, and none of them ever
 * stands in a cursor.
 */
export async function membersOf(
  query: Query,
  space: string,
  partition: string,
  after: string,
  wanted: number,
): Promise<FoundMembers> {
  const pk = { S: partition };
  const items: Item[] = [];
  let start = after;
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const page = await query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      Limit: wanted - items.length,
      ...(start !== '' && { ExclusiveStartKey: { pk, sk: { S: start } } }),
    });
    let isSkipping = false;
    for (const item of page.Items ?? []) {
      const place = item.sk?.S ?? '';
      const isOwn = isKeyOf(space, item.key?.S ?? place);
      const skipTo = isOwn ? undefined : nextPlace(space, place);
      isSkipping = skipTo !== undefined;
      start = skipTo ?? place;
      if (isSkipping) break;
      if (isOwn && item.out?.BOOL !== true) items.push(item);
    }
    if (!isSkipping && page.LastEvaluatedKey === undefined) return { items, lookedAt: undefined };
    if (items.length === wanted) break;
  }
  return { items, lookedAt: start };
}

/** Where the next members of a space may lie behind somebody else's place; undefined where only a look tells. */
function nextPlace(space: string, place: string): string | undefined {
  const at = place.indexOf(':') + 1;
  if (at === 0) return undefined;
  const own = `${place.slice(0, at)}${space}/`;
  return place < own ? own : `${place.slice(0, at)}${LAST}`;
}

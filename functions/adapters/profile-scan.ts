import type { EncodedProfile } from '../../shared/profile/state.ts';
import type { DynamoDb, Item } from './dynamodb.ts';

/** A part of a table that is scanned by itself. */
export interface ScanSegment {
  /** From 0. */
  readonly segment: number;
  readonly of: number;
}

export interface ScannedProfile extends EncodedProfile {
  readonly id: string;
}

export interface ScanPage {
  readonly profiles: readonly ScannedProfile[];
  /** Where the next page begins; undefined after the last. */
  readonly after?: Item;
}

/** Profiles of one page: decoded, each may take a hundred times what it is stored in. */
const PAGE = 500;

/**
 * A page of a segment of the profiles table, as of about now: half a read unit for each 4 KB that lie there. Hashes of
 * messages stay where they are.
 */
export type ScanProfiles = (of: ScanSegment, after: Item | undefined) => Promise<ScanPage>;

const noIds = new Uint8Array();

export function scanProfilesOf(dynamoDb: DynamoDb, table: string): ScanProfiles {
  return async ({ segment, of }, after) => {
    const { Items = [], LastEvaluatedKey } = await dynamoDb('Scan', {
      TableName: table,
      Segment: segment,
      TotalSegments: of,
      Limit: PAGE,
      ProjectionExpression: 'id, #format, #state',
      ExpressionAttributeNames: { '#format': 'format', '#state': 'state' },
      ...(after && { ExclusiveStartKey: after }),
    });
    const profiles = Items.flatMap(({ id, format, state }) =>
      // Pages of message ids have no state.
      id?.S === undefined || state?.B === undefined
        ? []
        : [{ id: id.S, format: Number(format?.N ?? 0), state: Buffer.from(state.B, 'base64'), ids: noIds }],
    );
    return { profiles, ...(LastEvaluatedKey && { after: LastEvaluatedKey }) };
  };
}

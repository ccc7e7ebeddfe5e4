import type { PrivacyRequest } from '../../schemas/privacy.ts';
import type { Tombstone } from '../../shared/privacy/register.ts';
import type { Item } from './dynamodb.ts';

/** What an item of the table of privacy says of a request; undefined for any other item. */
export const requestOf = ({ request }: Item): PrivacyRequest | undefined =>
  request?.S === undefined ? undefined : (JSON.parse(request.S) as PrivacyRequest);

/** What an item of the table of privacy says of an erased key; undefined for any other item. */
export const tombstoneOf = ({ erasedAt, erasedBy, suppress }: Item): Tombstone | undefined =>
  erasedAt === undefined
    ? undefined
    : { requestId: erasedBy?.S ?? '', at: Number(erasedAt.N), suppress: suppress?.BOOL ?? true };

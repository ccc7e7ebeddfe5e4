import type { PrivacyRequest } from '../../schemas/privacy.ts';
import type { AuditEntry } from '../../schemas/stream/audit.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { registerId } from '../../shared/privacy/register.ts';

/** Most ids of one entry. */
const MOST_TARGETS = 20;

/**
 * What the audit log says of a request that is over: of people hashes. The same however often it is written; it is written
 * before the request is finished, so that none ends without.
 */
export const completedEntry = (
  { id, type }: Pick<PrivacyRequest, 'id' | 'type'>,
  keys: readonly Key[],
  at: number,
  outcome: 'done' | 'failed',
): AuditEntry => ({ ...anEntry(id, keys), id: `${id}-${outcome}`, at, action: `${type}.complete`, outcome });

/** What it says of an erasure that is asked for again, after a restore. */
export const requestedAgain = (
  { id, requestedAt }: Pick<PrivacyRequest, 'id' | 'requestedAt'>,
  keys: readonly Key[],
): AuditEntry => ({
  ...anEntry(id, keys),
  id: `${id}-asked`,
  at: requestedAt,
  action: 'erasure.request',
  outcome: 'asked',
});

const anEntry = (requestId: string, keys: readonly Key[]) =>
  ({
    actor: 'privacy-worker',
    actorType: 'function',
    targetType: 'person',
    target: keys.slice(0, MOST_TARGETS).map(registerId).join(','),
    requestId,
  }) as const;

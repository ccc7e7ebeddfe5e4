import type { ErasedAgain } from '../../schemas/privacy.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { registerId, type Tombstone } from '../../shared/privacy/register.ts';
import type { WriteAudit } from '../adapters/audit-trail.ts';
import type { log } from '../adapters/log.ts';
import { requestOf, tombstoneOf } from '../adapters/privacy-items.ts';
import type { PrivacyRequests } from '../adapters/privacy-requests.ts';
import { keyOfPage } from '../adapters/profile-store.ts';
import type { WalkTable } from '../adapters/table-walk.ts';
import { requestedAgain } from './audit-entries.ts';
import type { FindKeysInLake } from './lake/registered-keys.ts';

/** What erasing again reaches. */
export interface AgainReach {
  /** The table of the register and of requests. */
  readonly walkRegister: WalkTable;
  readonly walkProfiles: WalkTable;
  readonly keysInLake: FindKeysInLake;
  readonly requests: Pick<PrivacyRequests, 'create'>;
  /** Writes to the audit log. */
  readonly audit: WriteAudit;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly newId: () => string;
  readonly log: typeof log;
}

/**
 * Asks again for every erasure that ended after a moment, or has not ended yet: stores that were brought back to the moment
 * hold those people again. The register, which is of today, has hashes of their keys; the keys are in what came back, in
 * profiles or in the lake. Who is in neither is nowhere.
 *
 * May be done again: an erasure of somebody who is erased finds nothing.
 */
export async function eraseAgain(reach: AgainReach, since: number): Promise<ErasedAgain> {
  const { requests, audit, clock, newId, log } = reach;
  const wanted = await erasedSince(reach.walkRegister, since);
  const erasures = new Set(Array.from(wanted.values(), ({ requestId }) => requestId)).size;
  const keysOf = new Map<string, Set<Key>>();
  const look = (key: Key) => {
    const erased = wanted.get(registerId(key));
    if (erased === undefined) return;
    const { requestId } = erased;
    keysOf.set(requestId, (keysOf.get(requestId) ?? new Set()).add(key));
  };
  if (wanted.size > 0) {
    for await (const { id } of itemsOf(reach.walkProfiles)) look(keyOfPage(id?.S ?? '') ?? id?.S ?? '');
    for await (const key of reach.keysInLake([...wanted.keys()])) look(key);
  }
  const asked: string[] = [];
  for (const keys of keysOf.values()) {
    const id = newId();
    // Of several keys of one request each may have been allowed to come again since.
    const suppress = [...keys].some((key) => wanted.get(registerId(key))?.suppress === true);
    const request = { id, type: 'erasure', state: 'waiting', step: 'waiting', suppress, requestedAt: clock() } as const;
    await audit([requestedAgain(request, [...keys])]);
    await requests.create({ ...request, keys: [...keys] });
    asked.push(id);
  }
  log('info', 'Erasures were asked for again.', { code: 'privacy_erased_again', erasures, requests: asked.length });
  return { erasures, requests: asked };
}

/** By place in the register: the erasures that ended after a moment, or began after it, or go on. */
async function erasedSince(walk: WalkTable, since: number): Promise<ReadonlyMap<string, Tombstone>> {
  const late = new Set<string>();
  const tombstones = new Map<string, Tombstone>();
  for await (const item of itemsOf(walk)) {
    const request = requestOf(item);
    if (request?.type === 'erasure' && (request.completedAt ?? since) >= since) late.add(request.id);
    const erased = tombstoneOf(item);
    if (erased !== undefined && item.id?.S !== undefined) tombstones.set(item.id.S, erased);
  }
  return new Map([...tombstones].filter(([, { at, requestId }]) => at >= since || late.has(requestId)));
}

async function* itemsOf(walk: WalkTable) {
  let page: Awaited<ReturnType<WalkTable>> | undefined;
  do {
    page = await walk(page?.after);
    yield* page.items;
  } while (page.after !== undefined);
}

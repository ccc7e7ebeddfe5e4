import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { CONSENT_EVENT, MAX_ID_LENGTH } from '../../schemas/event/vocabulary.ts';
import { apiSourceOf } from '../../schemas/spaces.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { isAnonymous, isUser, rawIdOf } from '../../shared/identity/keys.ts';
import { keyWithin } from '../../shared/identity/spaces.ts';
import { partitionKeyOf } from '../../shared/stream/pack-control.ts';
import type { StreamRecord } from '../adapters/store-in-order.ts';
import { invalidParameter } from '../middleware/parameters.ts';

export interface ConsentChoice {
  /** A user's or an anonymous key. */
  readonly key: Key;
  /** That the key is of. */
  readonly space: string | undefined;
  readonly purposes: Readonly<Record<string, boolean>>;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A choice of consent as a stream record with one track event, as SDKs send it. Throws a problem for an id that is none. */
export function consentEvent({ key, space, purposes, messageId, time }: ConsentChoice): StreamRecord {
  const id = rawIdOf(key);
  const within = keyWithin(space, key);
  if (id.length > MAX_ID_LENGTH) throw noId(`is longer than ${MAX_ID_LENGTH} characters`);
  if (isBlockedId(rawIdOf(within))) throw noId('stands for nobody: it is a placeholder');
  const timestamp = new Date(time).toISOString();
  const event = {
    type: 'track',
    event: CONSENT_EVENT,
    messageId,
    timestamp,
    ...(isUser(key) ? { userId: id } : { anonymousId: id }),
    properties: {},
    context: { consent: { categoryPreferences: purposes } },
  };
  const envelope = { v: 1, kind: 'events', sourceId: apiSourceOf(space), receivedAt: timestamp, events: [event] };
  // In the shard of the events that the person's own devices send.
  return { partitionKey: partitionKeyOf(within), data: Buffer.from(JSON.stringify(envelope)) };
}

const noId = (message: string) => invalidParameter([{ path: 'id', message }]);

/** Those of these keys that events can have, each once. */
export const keysWithEvents = (keys: Iterable<Key>): Key[] => [
  ...new Set([...keys].filter((key) => isUser(key) || isAnonymous(key))),
];

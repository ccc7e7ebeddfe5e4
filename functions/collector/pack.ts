import { createHash, randomUUID } from 'node:crypto';
import type { StreamEnvelope } from '../../schemas/event/stream-record.ts';
import type { StreamRecord } from '../adapters/store-in-order.ts';
import type { EventText } from './event-text.ts';
import { MAX_RECORD_BYTES } from './limits.ts';

export type EnvelopeHead = Omit<StreamEnvelope, 'v' | 'kind' | 'events'>;

/**
 * Packs events that share a partition key into one record, or into several when one would be too large; each key's
 * events keep their order, across its records too. Events without an id share a key that only this request has.
 */
export function pack(head: EnvelopeHead, events: readonly EventText[]): StreamRecord[] {
  const opening = `${JSON.stringify({ v: 1, kind: 'events', ...head }).slice(0, -1)},"events":[`;
  const room = MAX_RECORD_BYTES - Buffer.byteLength(opening);
  const groups = new Map<string | undefined, { texts: string[]; bytes: number }[]>();
  for (const { text, key } of events) {
    const bytes = Buffer.byteLength(text) + 1;
    const parts = groups.get(key);
    const last = parts?.at(-1);
    if (last && last.bytes + bytes <= room) {
      last.texts.push(text);
      last.bytes += bytes;
    } else if (parts) parts.push({ texts: [text], bytes });
    else groups.set(key, [{ texts: [text], bytes }]);
  }
  return [...groups].flatMap(([key, parts]) => {
    const partitionKey = partitionKeyOf(key);
    return parts.map(({ texts }) => ({ partitionKey, data: Buffer.from(`${opening}${texts.join(',')}]}`) }));
  });
}

/** Kinesis takes at most 256 characters: a longer id is represented by its hash. */
function partitionKeyOf(key: string | undefined): string {
  if (key === undefined) return randomUUID();
  return key.length <= 256 ? key : createHash('sha256').update(key).digest('hex');
}

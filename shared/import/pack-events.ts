import type { CheckedEvent } from './check-event.ts';
import { sourceOf } from './import-source.ts';

/** A record for the stream. */
export interface PackedEvents {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Below Kinesis' 1 MiB with its partition key. */
const MAX_RECORD_BYTES = 900_000;
/** Events of one envelope. */
const MAX_EVENTS = 2_500;

/** Packs events into envelopes, one or more for each partition key, in their order. */
export function packEvents(events: readonly CheckedEvent[], importName: string, receivedAt: number): PackedEvents[] {
  const head = { v: 1, kind: 'events', sourceId: sourceOf(importName), receivedAt: new Date(receivedAt).toISOString() };
  const opening = `${JSON.stringify({ ...head, imported: true }).slice(0, -1)},"events":[`;
  const room = MAX_RECORD_BYTES - Buffer.byteLength(opening);
  const open = new Map<string, { texts: string[]; bytes: number }[]>();
  for (const { text, partitionKey } of events) {
    const bytes = Buffer.byteLength(text) + 1;
    const parts = open.get(partitionKey) ?? [];
    const last = parts.at(-1);
    if (last && last.bytes + bytes <= room && last.texts.length < MAX_EVENTS) {
      last.texts.push(text);
      last.bytes += bytes;
    } else {
      parts.push({ texts: [text], bytes });
      open.set(partitionKey, parts);
    }
  }
  return [...open].flatMap(([partitionKey, parts]) =>
    parts.map(({ texts }) => ({ partitionKey, data: Buffer.from(`${opening}${texts.join(',')}]}`) })),
  );
}

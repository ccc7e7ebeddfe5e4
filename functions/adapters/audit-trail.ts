import type { AuditEntry, AuditRecord } from '../../schemas/stream/audit.ts';
import { type PutRecords, storeInOrder } from './store-in-order.ts';

/** Where entries of the audit log go. Resolves when they are durable, else throws within `WRITE_MS`. */
export type WriteAudit = (entries: readonly AuditEntry[]) => Promise<void>;

/** Callers wait for it, beside what they asked for. */
const WRITE_MS = 2_000;

/** Puts entries on the stream, which the lake lands, spread over a few partition keys. */
export function writeAuditTo(put: PutRecords): WriteAudit {
  return async (items) => {
    const record: AuditRecord = { v: 1, kind: 'audit', items };
    const partitionKey = `u${items[0]?.id.slice(-1) ?? ''}`;
    await storeInOrder(put, [{ partitionKey, data: Buffer.from(JSON.stringify(record)) }], Date.now() + WRITE_MS);
  };
}

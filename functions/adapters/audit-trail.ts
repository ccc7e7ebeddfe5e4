import type { AuditEntry } from '../../schemas/stream/audit.ts';
import { createControlStream } from './control-stream.ts';
import type { PutRecords } from './store-in-order.ts';

/** Where entries of the audit log go. Resolves when they are durable, else throws within `WRITE_MS`. */
export type WriteAudit = (entries: readonly AuditEntry[]) => Promise<void>;

/** Callers wait for it, beside what they asked for. */
const WRITE_MS = 2_000;

/** Puts entries on the stream, which the lake lands. */
export function writeAuditTo(put: PutRecords): WriteAudit {
  const stream = createControlStream(put);
  return (items) => stream.publish([{ v: 1, kind: 'audit', items }], Date.now() + WRITE_MS);
}

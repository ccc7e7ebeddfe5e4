import { randomUUID } from 'node:crypto';
import { writeAuditTo } from '../adapters/audit-trail.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import type { AuditTrail } from './audit.ts';

/** The audit log of a stage, by the environment of a function. */
export const auditTrail = ({ STREAM_NAME }: { readonly STREAM_NAME: string }): AuditTrail => ({
  write: writeAuditTo(putRecordsTo(STREAM_NAME)),
  clock: Date.now,
  newId: randomUUID,
});

import { randomUUID } from 'node:crypto';
import { writeAuditTo } from '../adapters/audit-trail.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import type { AuditTrail } from './audit.ts';

export interface AuditVariables {
  readonly STREAM_NAME: string;
  readonly METRICS_NAMESPACE: string;
}

/** The audit log of a stage, by the environment of a function. */
export const auditTrail = ({ STREAM_NAME, METRICS_NAMESPACE }: AuditVariables): AuditTrail => ({
  write: writeAuditTo(putRecordsTo(STREAM_NAME)),
  clock: Date.now,
  newId: randomUUID,
  namespace: METRICS_NAMESPACE,
});

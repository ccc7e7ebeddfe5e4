import type { AuditAction } from '../../schemas/stream/audit.ts';
import { embeddedMetrics } from '../adapters/embedded-metrics.ts';
import { errorFields, log } from '../adapters/log.ts';

export interface NotWritten {
  /** Namespace of metrics. */
  readonly namespace: string;
  /** Now, in milliseconds since 1970. */
  readonly time: number;
  readonly action: AuditAction;
  readonly requestId?: string;
}

const code = 'audit_not_written';

/** Says that an entry of the audit log could not be written: a line of the log stands for it, and a metric rings. */
export function auditNotWritten({ namespace, time, action, requestId }: NotWritten, error: unknown): void {
  log('error', 'An entry could not be written to the audit log.', { code, action, requestId, ...errorFields(error) });
  process.stdout.write(embeddedMetrics({ namespace, metrics: { AuditNotWritten: 1 }, time, fields: { code, action } }));
}

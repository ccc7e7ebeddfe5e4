import type { auditLogLanded } from '../../schemas/lake/audit-table.ts';
import type { AuditEntry } from '../../schemas/stream/audit.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface AuditSource {
  readonly entry: AuditEntry;
  readonly position: Position;
}

export const auditReaders: ColumnReaders<typeof auditLogLanded, AuditSource> = {
  audit_id: ({ entry }) => entry.id,
  occurred_at: ({ entry }) => entry.at,
  actor: ({ entry }) => entry.actor,
  actor_type: ({ entry }) => entry.actorType,
  source_ip: ({ entry }) => entry.ip,
  action: ({ entry }) => entry.action,
  target_type: ({ entry }) => entry.targetType,
  target: ({ entry }) => entry.target,
  outcome: ({ entry }) => entry.outcome,
  scope: ({ entry }) => entry.scope,
  uses: ({ entry }) => entry.uses,
  request_id: ({ entry }) => entry.requestId,
  ...positionReaders,
};

/** What is written down of who did what. Plain types: functions read them at each start. */

/** What may be done that is written down. */
export type AuditAction =
  | 'segment.create'
  | 'segment.replace'
  | 'segment.delete'
  | 'catalog.put'
  | 'consent.put'
  | 'profile.split'
  | 'export.request'
  | 'erasure.request'
  | 'export.complete'
  | 'erasure.complete'
  | 'suppression.lift'
  | 'key.create'
  | 'key.rotate'
  | 'key.revoke'
  | 'key.use'
  | 'key.refuse';

/** An entry of the audit log. It names no person: people stand in it as the register of privacy has them, as hashes. */
export interface AuditEntry {
  /** The same however often it is put on the stream. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Name of the key, or subject of the token; of a command the id of the AWS access key it ran with. */
  readonly actor: string;
  readonly actorType: 'key' | 'token' | 'command' | 'function';
  /** Masked. */
  readonly ip?: string;
  readonly action: AuditAction;
  readonly targetType: 'segment' | 'item' | 'person' | 'key' | 'function';
  /** Ids with commas; of people their hashes. */
  readonly target?: string;
  /** `asked` before it is done, `done` after; or the code of the problem that it was refused with. */
  readonly outcome: string;
  /** Scope that was used. */
  readonly scope?: string;
  /** Requests that the row stands for, where it is more than one. */
  readonly uses?: number;
  readonly requestId?: string;
}

/** For the lake alone. */
export interface AuditRecord {
  readonly v: 1;
  readonly kind: 'audit';
  readonly items: readonly AuditEntry[];
}

import type { AuditTrail } from '../../functions/middleware/audit.ts';
import type { AuditEntry } from '../../schemas/stream/audit.ts';

/** An audit log in memory, which refuses entries while it is `isOut`. */
export class AnAuditLog implements AuditTrail {
  readonly entries: AuditEntry[] = [];
  isOut = false;
  now = Date.parse('2026-03-02T10:00:00Z');

  readonly namespace = 'Headwater-test';
  readonly clock = (): number => this.now;
  readonly newId = (): string => `entry-${this.entries.length}`;
  readonly write = async (entries: readonly AuditEntry[]): Promise<void> => {
    if (this.isOut) throw new Error('The stream takes nothing.');
    this.entries.push(...entries);
  };
}

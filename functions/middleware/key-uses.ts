import type { Scope } from '../../schemas/access-key.ts';
import type { AuditEntry } from '../../schemas/stream/audit.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { KnownKey } from './access-keys.ts';
import type { AuditTrail } from './audit.ts';

const HOUR_MS = 3_600_000;
/** More callers than a stage has. */
const MOST_CALLERS = 5_000;
/** How long it waits after an entry that could not be written. */
const AGAIN_MS = 60_000;

interface Use {
  /** From then on a use is written down again. */
  next: number;
  /** Since the entry before. */
  count: number;
}

/** Writes down the first use of each key in an hour by this sandbox, with how often it was used since the entry before. */
export class KeyUses {
  readonly #trail: AuditTrail;
  readonly #functionName: string;
  readonly #uses = new Map<string, Use>();
  readonly #open = new Set<Promise<void>>();

  constructor(trail: AuditTrail, functionName: string) {
    this.#trail = trail;
    this.#functionName = functionName;
  }

  /** Notes a use; what is to be written is on its way then. */
  note(key: KnownKey, scope: Scope): void {
    const { clock, newId } = this.#trail;
    const at = clock();
    const of = `${key.isToken ?? ''}${key.id} ${scope}`;
    const use = this.#uses.get(of) ?? { next: 0, count: 0 };
    this.#uses.set(of, use);
    if (this.#uses.size > MOST_CALLERS)
      for (const oldest of this.#uses.keys()) {
        this.#uses.delete(oldest);
        break;
      }
    use.count += 1;
    if (at < use.next && at > use.next - 2 * HOUR_MS) return;
    const written = this.#write(use, {
      id: newId(),
      at,
      actor: key.id,
      actorType: key.isToken ? 'token' : 'key',
      action: 'key.use',
      targetType: 'function',
      target: this.#functionName,
      outcome: 'done',
      scope,
      uses: use.count,
    });
    use.next = at - (at % HOUR_MS) + HOUR_MS;
    use.count = 0;
    this.#open.add(written);
    void written.finally(() => this.#open.delete(written));
  }

  /** Waits for what is on its way: a sandbox stands still between requests. Never throws. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #write(use: Use, entry: AuditEntry): Promise<void> {
    try {
      await this.#trail.write([entry]);
    } catch (error) {
      use.count += entry.uses ?? 0;
      use.next = entry.at + AGAIN_MS;
      log('error', 'The use of a key could not be written to the audit log.', {
        code: 'audit_not_written',
        action: entry.action,
        ...errorFields(error),
      });
    }
  }
}

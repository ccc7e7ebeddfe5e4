import type { Scope } from '../../schemas/access-key.ts';
import type { AuditEntry } from '../../schemas/stream/audit.ts';
import { maskAddress } from '../../shared/clean/mask-ip.ts';
import type { KnownKey } from './access-keys.ts';
import { type AuditTrail, NOBODY } from './audit.ts';
import { auditNotWritten } from './audit-not-written.ts';
import type { HttpEvent } from './http.ts';
import type { ProblemCode } from './problem.ts';

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

/** A request that was answered by 401 or 403. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly scope: Scope;
  /** Whose it was, where that is known: of a key that lacks the scope, is revoked or has ended. */
  readonly key?: Pick<KnownKey, 'id' | 'isToken'> | undefined;
  readonly event: HttpEvent;
}

/**
 * Writes down the first use of each key in an hour by this sandbox, and the first refusal of each kind, with how often it came
 * since the entry before: so that neither busy keys nor made-up ones fill the audit log.
 */
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
    this.#count(`${key.isToken ?? ''}${key.id} ${scope}`, {
      actor: key.id,
      actorType: key.isToken ? 'token' : 'key',
      action: 'key.use',
      outcome: 'done',
      scope,
    });
  }

  /** Notes a refusal. What was given instead of a key is written nowhere. */
  refuse({ code, scope, key, event }: Refusal): void {
    const ip = maskAddress(event.requestContext.http.sourceIp);
    this.#count(`${key?.isToken ?? ''}${key?.id ?? ''} ${scope} ${code}`, {
      actor: key?.id ?? NOBODY,
      actorType: key?.isToken || code.startsWith('token_') ? 'token' : 'key',
      ...(ip && { ip }),
      action: 'key.refuse',
      outcome: code,
      scope,
      requestId: event.requestContext.requestId,
    });
  }

  /** Waits for what is on its way: a sandbox stands still between requests. Never throws. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  #count(of: string, entry: Omit<AuditEntry, 'id' | 'at' | 'uses' | 'targetType' | 'target'>): void {
    const { clock, newId } = this.#trail;
    const at = clock();
    const use = this.#uses.get(of) ?? { next: 0, count: 0 };
    this.#uses.set(of, use);
    if (this.#uses.size > MOST_CALLERS)
      for (const oldest of this.#uses.keys()) {
        this.#uses.delete(oldest);
        break;
      }
    use.count += 1;
    if (at < use.next && at > use.next - 2 * HOUR_MS) return;
    const target = { targetType: 'function', target: this.#functionName } as const;
    const written = this.#write(use, { id: newId(), at, ...entry, ...target, uses: use.count });
    use.next = at - (at % HOUR_MS) + HOUR_MS;
    use.count = 0;
    this.#open.add(written);
    void written.finally(() => this.#open.delete(written));
  }

  async #write(use: Use, entry: AuditEntry): Promise<void> {
    const { write, namespace } = this.#trail;
    try {
      await write([entry]);
    } catch (error) {
      use.count += entry.uses ?? 0;
      use.next = entry.at + AGAIN_MS;
      auditNotWritten({ namespace, time: entry.at, action: entry.action }, error);
    }
  }
}

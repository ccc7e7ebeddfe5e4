import type { Cause } from '../../schemas/stream/control.ts';
import type { Audience, MembershipChange } from './audience.ts';

/** Changes an audience's memberships and numbers the transitions. */
export class Changes {
  readonly made: MembershipChange[] = [];
  readonly #audience: Audience;
  readonly #at: number;
  readonly #cause: Cause;

  constructor(audience: Audience, at: number, cause: Cause) {
    this.#audience = audience;
    this.#at = at;
    this.#cause = cause;
  }

  enter(segmentId: string, version: number): void {
    const n = this.#next(segmentId, version, 'entered', this.#cause);
    this.#audience.memberships.set(segmentId, { version, since: this.#at, n });
  }

  /** Makes a membership that stands one by the current version. */
  renew(segmentId: string, version: number): void {
    const known = this.#audience.memberships.get(segmentId);
    if (known === undefined) return;
    this.#audience.memberships.set(segmentId, { ...known, version });
  }

  exit(segmentId: string, why?: 'definition', version?: number): void {
    const known = this.#audience.memberships.get(segmentId);
    if (known === undefined) return;
    const isChanged = why === 'definition' || (version !== undefined && version !== known.version);
    const cause: Cause = isChanged ? { type: 'definition', time: this.#at } : this.#cause;
    this.#audience.memberships.delete(segmentId);
    this.#next(segmentId, version ?? known.version, 'exited', cause);
  }

  setTags(segmentId: string, values: readonly string[], version: number): void {
    const prefix = `${segmentId}:`;
    const ids = new Set(values.map((value) => prefix + value));
    for (const id of [...this.#audience.memberships.keys()]) {
      if (id.startsWith(prefix) && !ids.has(id)) this.exit(id, undefined, version);
    }
    for (const id of ids) if (!this.#audience.memberships.has(id)) this.enter(id, version);
  }

  #next(segmentId: string, version: number, to: MembershipChange['to'], cause: Cause): number {
    const { transitions } = this.#audience;
    const n = transitions === 0 ? firstNumber(this.#at) : transitions + 1;
    this.#audience.transitions = n;
    this.made.push({ n, segmentId, version, to, at: this.#at, cause });
    return n;
  }
}

/**
 * Whoever was forgotten and comes back must not use numbers again that others remember: so the first is the moment in
 * hundredths of a second, further than anybody's transitions can have counted since.
 */
const firstNumber = (at: number): number => Math.max(1, Math.floor(at / 10));

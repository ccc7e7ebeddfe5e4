import type { RemainingCopy } from '../../schemas/privacy.ts';
import { isBornSince } from '../../shared/profile/born-since.ts';
import { decodeProfile } from '../../shared/profile/state.ts';
import { completedEntry } from './audit-entries.ts';
import type { ErasurePass, Step } from './pass.ts';
import { requestIdOf, sumOf } from './people.ts';
import type { Reach } from './reach.ts';
import { audienceIdsOf } from './table-steps.ts';

/** How long tables can be brought back to any second, in days. */
const BACKUP_DAYS = 35;
/** How long transitions wait for whoever takes them, in days. */
const QUEUE_DAYS = 4;

/** Looks once more, and writes what was erased into the receipts. */
export class ReceiptSteps {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Looks once more where somebody would come from: the lake has done so itself. */
  async verify(pass: ErasurePass): Promise<ErasurePass> {
    for (const [place, person] of pass.people.entries()) {
      const items = await this.#reach.profiles.read(person.keys);
      const isLeft = [...items.values()].some((item) => {
        const { profile, identity } = decodeProfile(item);
        return !isBornSince(pass.startedAt, profile, identity);
      });
      if (isLeft) return { ...pass, step: { name: 'tell' } };
      const held = await Promise.all(audienceIdsOf(person).map((ids) => this.#reach.audience.read(...ids)));
      if (held.some(({ items: left }) => left.length > 0))
        return { ...pass, step: { name: 'audience', person: place } };
    }
    return { ...pass, step: { name: 'receipt', completedAt: this.#reach.clock() } };
  }

  async receipt(pass: ErasurePass, { completedAt }: Step<'receipt'>): Promise<'over'> {
    const { requests, register } = this.#reach;
    const open = await requests.open();
    for (const person of pass.people) {
      if (!person.suppress) {
        const tombstone = { requestId: requestIdOf(person), at: completedAt, suppress: false };
        await register.erase(person.keys, tombstone);
      }
      const removed = sumOf(person.removed);
      const expiring = removed.length === 0 ? [] : this.#remaining(completedAt);
      const receipt = { removed, remaining: [...expiring, ...unreadFiles(pass)] };
      const ended = open.filter(({ id }) => person.requestIds.includes(id));
      if (ended.length > 0) {
        await this.#reach.audit(ended.map((request) => completedEntry(request, person.keys, completedAt, 'done')));
      }
      for (const request of ended) {
        await requests.finish({ ...request, state: 'done', step: 'done', keys: [], completedAt, receipt });
      }
    }
    return 'over';
  }

  #remaining(now: number): RemainingCopy[] {
    const until = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    return [
      { store: 'event stream', until: until(this.#reach.streamHours) },
      { store: 'transitions queue', until: until(QUEUE_DAYS * 24) },
      { store: 'backups of tables', until: until(BACKUP_DAYS * 24) },
    ];
  }
}

/** What waits to be imported and could not be looked into: its events are refused when they come. */
const unreadFiles = ({ unread = {} }: ErasurePass): RemainingCopy[] =>
  Object.entries(unread).map(([prefix, files]) => ({
    store: `${prefix}: ${files} ${files === 1 ? 'file' : 'files'} too large or damaged to look into`,
  }));

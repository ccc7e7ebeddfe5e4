import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import type { Tombstone } from '../../shared/privacy/register.ts';
import type { EventDelivery } from '../../shared/profile/delivery.ts';
import type { FoldedProfile } from '../../shared/profile/folded-profile.ts';
import { decodeProfile, StateError } from '../../shared/profile/state.ts';
import { differenceOf } from '../../shared/replay/compare-parts.ts';
import { inStreamOrder, withoutTail } from '../../shared/replay/history.ts';
import type { Histories } from '../../shared/replay/history-lines.ts';
import { type RebuiltPart, rebuildPart } from '../../shared/replay/rebuild-part.ts';
import { covers, replacePart, unknownLinks } from '../../shared/replay/replace-part.ts';
import type { CompiledCatalog } from '../../shared/segments/compile-catalog.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import type { PrivacyRegister } from '../adapters/privacy-register.ts';
import { isWritten, itemOf, PAGE_LIFE_MS, ProfileTooLargeError } from '../adapters/profile-item.ts';
import type { ProfileItem, ProfileStore } from '../adapters/profile-store.ts';

export interface FoldReach {
  readonly store: Omit<ProfileStore, 'remove'>;
  readonly register: Pick<PrivacyRegister, 'read'>;
  readonly stream: ControlStream;
  readonly identity: IdentityRules;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other write has. */
  readonly newToken: () => string;
}

export interface FoldOptions {
  readonly catalog: CompiledCatalog;
  /** Whether live updates stand still: then all that was ever applied is in the histories, and parts of a person wait for no other. */
  readonly isPaused: boolean;
  /** Whether nothing is written. */
  readonly isDry: boolean;
  /** Milliseconds since 1970: what arrived then or later is left to live updates, unless they have applied it. */
  readonly since: number;
}

/** What became of the keys of a bucket. */
export interface FoldedKeys {
  readonly counts: Readonly<Record<string, number>>;
  /** Keys that differ and have to wait until live updates stand still. */
  readonly waiting: readonly Key[];
  /** Keys of persons of several keys: somebody has to look at these persons when all is done. */
  readonly people: readonly Key[];
}

const PAGE = 100;
const IN_FLIGHT = 16;
const MAX_CONFLICTS = 5;
const PUBLISH_MS = 10_000;

/**
 * Folds keys anew and puts what differs in its place, each item by one conditional write: whoever looks sees the part as it
 * was, or as it should be.
 *
 * While live events go on, a key is written only if its item has applied nothing that its history lacks, and only if it is a
 * person alone: of a person of several keys some parts would be mended and others not when an event of theirs is evaluated.
 * The others wait for the pause.
 */
export async function foldKeys(reach: FoldReach, histories: Histories, options: FoldOptions): Promise<FoldedKeys> {
  const keys = [...histories.asked].sort();
  const counts: Record<string, number> = {};
  const waiting: Key[] = [];
  const people: Key[] = [];
  for (let at = 0; at < keys.length; at += PAGE) {
    const page = keys.slice(at, at + PAGE);
    const [items, known] = await Promise.all([reach.store.read(page), reach.register.read(page)]);
    const records: ControlRecord[] = [];
    const alone: Key[] = [];
    const remaining = page.values();
    const work = async () => {
      for (const key of remaining) {
        const history = withoutErased(histories.of(key), known.get(key)?.erased);
        if (history === undefined) continue;
        const outcome = await new KeyFold(reach, options, key, history).run(items.get(key));
        for (const what of outcome.counted) counts[what] = (counts[what] ?? 0) + 1;
        if (outcome.isWaiting) waiting.push(key);
        if (outcome.isAlone) alone.push(key);
        else people.push(key);
        records.push(...outcome.links);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    if (options.isDry) continue;
    if (alone.length > 0) records.push({ v: 1, kind: 'rebuilt', keys: alone.sort() });
    if (records.length > 0) await reach.stream.publish(records, reach.clock() + PUBLISH_MS);
  }
  return { counts, waiting: waiting.sort(), people: people.sort() };
}

/**
 * The events of a key that an erasure leaves, and nothing when it leaves none: what the lake still has of an erased person,
 * or had when it was asked, is not folded anew.
 */
function withoutErased(
  history: readonly EventDelivery[],
  erased: Tombstone | undefined,
): readonly EventDelivery[] | undefined {
  if (erased === undefined) return history;
  const { at, suppress } = erased;
  const left = history.filter(({ event, arrivedAt }) => !suppress && event.eventTime >= at && arrivedAt >= at);
  return left.length === 0 ? undefined : left;
}

interface Outcome {
  readonly counted: readonly string[];
  readonly isWaiting: boolean;
  readonly isAlone: boolean;
  readonly links: readonly ControlRecord[];
}

/** One key on its way. */
class KeyFold {
  readonly #reach: FoldReach;
  readonly #options: FoldOptions;
  readonly #key: Key;
  readonly #history: readonly EventDelivery[];
  #rebuilt: { readonly events: number; readonly part: RebuiltPart } | undefined;

  constructor(reach: FoldReach, options: FoldOptions, key: Key, history: readonly EventDelivery[]) {
    this.#reach = reach;
    this.#options = options;
    this.#key = key;
    this.#history = inStreamOrder(history);
  }

  /** The part that the item should have. */
  #partFor(stored: FoldedProfile | undefined): RebuiltPart {
    const { catalog, since } = this.#options;
    const history = withoutTail(this.#history, stored?.ledger.positions ?? [], since);
    if (this.#rebuilt?.events !== history.length) {
      const part = rebuildPart(this.#key, history, { catalog, identity: this.#reach.identity });
      this.#rebuilt = { events: history.length, part };
    }
    return this.#rebuilt.part;
  }

  async run(first: ProfileItem | undefined): Promise<Outcome> {
    const { catalog, isPaused, isDry } = this.#options;
    let item = first;
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
      const stored = item && readable(item);
      if (stored === null) return { counted: ['read', 'damaged'], isWaiting: false, isAlone: false, links: [] };
      const rebuilt = this.#partFor(stored);
      const isAlone = stored === undefined || isPersonAlone(stored);
      const links = unknownLinks(this.#key, rebuilt, stored);
      const difference = differenceOf(stored, rebuilt, catalog);
      if (difference === 'none') return { counted: ['read', 'same'], isWaiting: false, isAlone, links };
      const counted = ['read', 'differs', ...(isFewer(stored, rebuilt) ? ['fewer'] : [])];
      if (isDry) return { counted, isWaiting: false, isAlone, links };
      if (!isPaused && (!isAlone || !covers(rebuilt, stored))) {
        return { counted: ['read'], isWaiting: true, isAlone, links: [] };
      }
      try {
        if (await this.#write(item, stored, rebuilt)) return { counted, isWaiting: false, isAlone, links };
      } catch (error) {
        if (!(error instanceof ProfileTooLargeError)) throw error;
        return { counted: ['read', 'tooLarge'], isWaiting: false, isAlone, links: [] };
      }
      item = (await this.#reach.store.read([this.#key])).get(this.#key);
    }
    return { counted: ['read'], isWaiting: true, isAlone: false, links: [] };
  }

  async #write(
    item: ProfileItem | undefined,
    stored: FoldedProfile | undefined,
    rebuilt: RebuiltPart,
  ): Promise<boolean> {
    const { store, clock, newToken } = this.#reach;
    const { next, pages } = replacePart(stored, rebuilt, this.#options.catalog);
    for (const page of pages) await store.writePage({ key: this.#key, expiresAt: clock() + PAGE_LIFE_MS, ...page });
    return await isWritten(store, itemOf(this.#key, (item?.version ?? 0) + 1, newToken(), next, clock()).item);
  }
}

const isPersonAlone = ({ identity }: FoldedProfile): boolean =>
  identity.parent === undefined && identity.children.size === 0;

const isFewer = (stored: FoldedProfile | undefined, { folded }: RebuiltPart): boolean =>
  (folded.profile?.eventCount ?? 0) < (stored?.profile?.eventCount ?? 0);

/** What an item holds; null for a damaged one, of which links and memberships cannot be known. Throws for a newer format. */
function readable(item: ProfileItem): FoldedProfile | null {
  try {
    return decodeProfile(item);
  } catch (error) {
    if (error instanceof StateError && !error.isNewer) return null;
    throw error;
  }
}

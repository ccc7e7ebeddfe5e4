import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { Position } from '../../schemas/profile.ts';
import type { ControlRecord, Key, LinkRecord } from '../../schemas/stream/control.ts';
import { addLink } from '../identity/links.ts';
import type { EventDelivery } from '../profile/delivery.ts';
import { fold } from '../profile/fold.ts';
import { type FoldedProfile, newFoldedProfile } from '../profile/folded-profile.ts';
import { limits } from '../profile/limits.ts';
import type { CompiledCatalog } from '../segments/compile-catalog.ts';

/** What a key's own events make of it, folded from the first one on. */
export interface RebuiltPart {
  /** Its identity and audience are those of a key that is alone: nothing is taken from them but links and `ready`. */
  readonly folded: FoldedProfile;
  /** Ids of the ledger's pages, by number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Every link that the events say, the best of each child and parent. */
  readonly links: readonly LinkRecord[];
  /** The last event of each shard, of all shards. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Arrival of the latest event, milliseconds since 1970; 0 without one. */
  readonly arrivedAt: number;
}

export interface RebuildContext {
  readonly catalog: CompiledCatalog;
  readonly identity: IdentityRules;
}

/**
 * Folds the whole history of a key, in stream order, by what folds live batches: `fold` with nothing stored before.
 *
 * It evaluates segments on the way as for a person of one key and one long day; what comes of that is left aside, because
 * memberships and their numbers belong to the person as stored.
 */
export function rebuildPart(key: Key, history: readonly EventDelivery[], context: RebuildContext): RebuiltPart {
  const pages = new Map<number, Uint8Array>();
  const links = new Links();
  let folded = newFoldedProfile();
  for (let at = 0; at < history.length; ) {
    const read = folded.ledger.pages.map(({ number }) => pages.get(number) ?? new Uint8Array());
    const batch = history.slice(at, at + limits.eventsPerWrite);
    const { taken, next, spilled } = fold(key, folded, batch, { ...context, pages: read, parts: new Map() });
    if (spilled !== undefined) pages.set(spilled.number, spilled.ids);
    folded = next ?? folded;
    links.add(next?.outbox?.records ?? []);
    at += taken;
  }
  for (const { parent, ...link } of folded.identity.links)
    links.add([{ v: 1, kind: 'link', child: key, parent, link }]);
  return { folded, pages, links: links.all(), positions: lastPositions(history), arrivedAt: lastArrival(history) };
}

/** Links by child and parent: of several between two keys the child needs the one that ranks first. */
class Links {
  readonly #best = new Map<string, LinkRecord>();

  add(records: readonly ControlRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'link') continue;
      const { child, parent, link } = record;
      const name = JSON.stringify([child, parent]);
      const known = this.#best.get(name);
      const held = known === undefined ? [] : [{ parent, ...known.link }];
      if (addLink(held, { parent, ...link }, child) !== held) this.#best.set(name, record);
    }
  }

  all(): LinkRecord[] {
    return [...this.#best.values()];
  }
}

function lastPositions(history: readonly EventDelivery[]): Map<string, Position> {
  const last = new Map<string, Position>();
  for (const { shardId, sequenceNumber, index } of history) last.set(shardId, { shardId, sequenceNumber, index });
  return last;
}

const lastArrival = (history: readonly EventDelivery[]): number =>
  history.reduce((latest, { arrivedAt }) => Math.max(latest, arrivedAt), 0);

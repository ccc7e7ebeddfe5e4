import type { Position } from '../../schemas/profile.ts';
import type { LinkRecord } from '../../schemas/stream/control.ts';
import { isUser } from '../identity/keys.ts';
import { emptyNode } from '../identity/receive.ts';
import type { FoldedProfile } from '../profile/folded-profile.ts';
import type { Ledger } from '../profile/ledger.ts';
import { limits } from '../profile/limits.ts';
import { isAtOrBefore } from '../profile/positions.ts';
import { newAudience } from '../segments/audience.ts';
import type { CompiledCatalog } from '../segments/compile-catalog.ts';
import type { Tracks } from '../segments/tracks.ts';
import type { RebuiltPart } from './rebuild-part.ts';

/** An item with another part, and the pages of message ids to write before it. */
export interface Replaced {
  readonly next: FoldedProfile;
  readonly pages: readonly { readonly number: number; readonly ids: Uint8Array }[];
}

/**
 * The item with the rebuilt part in the place of its own. What does not come of the key's own events stays: its place among
 * the keys of its person, memberships with their numbers and due times, and an outbox that may not have been published.
 */
export function replacePart(
  stored: FoldedProfile | undefined,
  { folded, pages }: RebuiltPart,
  catalog: CompiledCatalog,
): Replaced {
  // Numbers of pages are never used again.
  const base = stored?.ledger.nextPage ?? 0;
  const ledger: Ledger = {
    positions: joinPositions(folded.ledger.positions, stored?.ledger.positions ?? []),
    ids: folded.ledger.ids,
    pages: folded.ledger.pages.map((page) => ({ ...page, number: page.number + base })),
    nextPage: base + folded.ledger.nextPage,
  };
  const { profile } = folded;
  const next: FoldedProfile = {
    profile,
    ledger,
    tracks: joinTracks(folded.tracks, stored?.tracks, catalog),
    // Of a key without an item the links are published, and come back to it by the stream.
    identity: stored?.identity ?? emptyNode,
    // All of its past is here: of a pending definition nothing is missing.
    audience: stored?.audience ?? { ...newAudience(), ready: folded.audience.ready },
    outbox: stored?.outbox,
  };
  const written = folded.ledger.pages.map(({ number }) => ({
    number: number + base,
    ids: pages.get(number) ?? new Uint8Array(),
  }));
  return { next, pages: written };
}

/** Of each shard the farther position: what had been applied is not applied again. */
function joinPositions(rebuilt: readonly Position[], stored: readonly Position[]): Position[] {
  const others = stored.filter(({ shardId }) => rebuilt.every((position) => position.shardId !== shardId));
  const farther = rebuilt.map((position) => {
    const known = stored.find(({ shardId }) => shardId === position.shardId);
    return known !== undefined && isAtOrBefore(position, known) ? known : position;
  });
  return [...others, ...farther].slice(-limits.shards);
}

/** Tracks of definitions that came after the catalog was read are kept as they are. */
function joinTracks(rebuilt: Tracks, stored: Tracks | undefined, { tracksById }: CompiledCatalog): Tracks {
  const unknown = [...(stored ?? [])].filter(([id]) => !tracksById.has(id));
  return new Map([...rebuilt, ...unknown]);
}

/** Whether the item has applied nothing that the rebuilt part lacks. */
export function covers({ positions }: RebuiltPart, stored: FoldedProfile | undefined): boolean {
  return (stored?.ledger.positions ?? []).every((applied) => {
    const last = positions.get(applied.shardId);
    return last !== undefined && isAtOrBefore(applied, last);
  });
}

/** The links of a rebuilt part that the item does not show as known: put on the stream they do no harm twice. */
export function unknownLinks(key: string, { links }: RebuiltPart, stored: FoldedProfile | undefined): LinkRecord[] {
  return links.filter(({ child, parent, link }) => {
    if (child === key) {
      const known = stored?.identity.links.some((held) => held.parent === parent && held.messageId === link.messageId);
      return known !== true;
    }
    const held = parent === key ? stored?.identity.children.get(child)?.times[0] : undefined;
    if (held === undefined) return true;
    return isUser(child) ? held < link.time : held > link.time;
  });
}

import type { FoldedProfile } from '../../shared/profile/folded-profile.ts';
import { decodeProfile, type EncodedProfile } from '../../shared/profile/state.ts';

/** Text that the remembered profiles have together; decoded, they take about five times as much memory. */
const MAX_TEXT_BYTES = 16_000_000;
/** Text of a state that was read, as a multiple of its stored bytes. */
const EXPANSION = 4;

interface Kept {
  readonly encoded: EncodedProfile;
  readonly textBytes: number;
  readonly decoded: FoldedProfile;
}

/**
 * The profiles that this sandbox has used last, decoded: a visitor's next events mostly come soon, and decoding costs as
 * much as folding them. It never decides what is true: only a profile whose stored bytes are the same is taken from it.
 *
 * What is kept after a write is kept without its outbox, once that was published: so an outbox that is found here or in
 * the item is one that may still have to be.
 */
export class WarmProfiles {
  readonly #kept = new Map<string, Kept>();
  #textBytes = 0;

  /** What an item holds, for the caller to change: it is no longer kept. Throws `StateError`. */
  take(id: string, item: EncodedProfile): FoldedProfile {
    const kept = this.#forget(id);
    return kept !== undefined && isSame(kept.encoded, item) ? kept.decoded : decodeProfile(item);
  }

  /** What an item holds, for the caller to read: it is kept. Throws `StateError`. */
  peek(id: string, item: EncodedProfile): FoldedProfile {
    const kept = this.#kept.get(id);
    if (kept !== undefined && isSame(kept.encoded, item)) return kept.decoded;
    const decoded = decodeProfile(item);
    this.keep(id, item, item.state.length * EXPANSION, decoded);
    return decoded;
  }

  /** Keeps a profile that was written and published; what was written longest ago makes room. */
  keep(id: string, encoded: EncodedProfile, textBytes: number, decoded: FoldedProfile): void {
    this.#forget(id);
    this.#kept.set(id, { encoded, textBytes, decoded });
    this.#textBytes += textBytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#textBytes <= MAX_TEXT_BYTES) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): Kept | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    this.#kept.delete(id);
    this.#textBytes -= kept.textBytes;
    return kept;
  }
}

const isSame = (one: EncodedProfile, other: EncodedProfile): boolean =>
  one.format === other.format &&
  Buffer.compare(one.state, other.state) === 0 &&
  Buffer.compare(one.ids, other.ids) === 0;

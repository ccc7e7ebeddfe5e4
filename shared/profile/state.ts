import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Position } from '../../schemas/profile.ts';
import { fromCompact, toCompact } from './compact.ts';
import type { FoldedProfile } from './fold.ts';

/** Format of `state`: raised when a reader of the one before would misread it. */
export const STATE_FORMAT = 1;

/** The stored form of a profile: what of it is compressed, and the message ids, which do not compress. */
export interface EncodedProfile {
  readonly format: number;
  readonly state: Uint8Array;
  readonly ids: Uint8Array;
}

/** A stored state that cannot be read: damaged, or written by a newer version. */
export class StateError extends Error {
  override readonly name = 'StateError';
  /** Whether a newer version of this code could read it. */
  readonly isNewer: boolean;

  constructor(message: string, options: { isNewer: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.isNewer = options.isNewer;
  }
}

/** No profile that keeps its bounds comes near it: what claims to be larger is damaged. */
const MAX_STATE_BYTES = 4_000_000;

/** The first line is JSON, the following ones are the recent events. Compressed by zstd, level 1. */
export function encodeProfile({ profile, ledger }: FoldedProfile): EncodedProfile {
  const positions = ledger.positions.map((p) => [p.shardId, p.sequenceNumber, p.index]);
  const pages = ledger.pages.map((page) => [page.number, page.newestHour]);
  const text = [JSON.stringify([toCompact(profile), positions, pages, ledger.nextPage]), ...profile.recent].join('\n');
  const state = zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return { format: STATE_FORMAT, state, ids: ledger.ids };
}

/** Throws `StateError` for what `encodeProfile` of this version did not write. */
export function decodeProfile({ format, state, ids }: EncodedProfile): FoldedProfile {
  if (format !== STATE_FORMAT) {
    const mend = 'deploy the version that wrote it';
    throw new StateError(`The state of a profile has format ${format}, this reads ${STATE_FORMAT}: ${mend}.`, {
      isNewer: format > STATE_FORMAT,
    });
  }
  try {
    const [text = '', ...recent] = zstdDecompressSync(state, { maxOutputLength: MAX_STATE_BYTES })
      .toString()
      .split('\n');
    const [compact, positions, pages, nextPage] = JSON.parse(text);
    const ledger = {
      positions: positions.map(([shardId, sequenceNumber, index]: [string, string, number]): Position => {
        return { shardId, sequenceNumber, index };
      }),
      pages: pages.map(([number, newestHour]: [number, number]) => ({ number, newestHour })),
      nextPage,
      ids,
    };
    return { profile: fromCompact(compact, recent), ledger };
  } catch (cause) {
    throw new StateError('The state of a profile is damaged.', { isNewer: false, cause });
  }
}

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CellReader, CellWriter } from './cells.ts';
import { readProfile, writeProfile } from './compact.ts';
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

/** Level 1: measured as small as level 3, in two thirds of the time. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
const chunkSize = 4_096;

/** A state that fits DynamoDB's smallest write, 1 KB with its other attributes, is not compressed: it would save nothing. */
const PLAIN_BYTES = 800;
const JSON_ARRAY = '['.charCodeAt(0);
const decoder = new TextDecoder();

/** The first line is a JSON array of cells, the following ones are the recent events. Tells its length uncompressed, too. */
export function encodeProfile({ profile, ledger }: FoldedProfile): EncodedProfile & { readonly textBytes: number } {
  const out = new CellWriter(profile.firstSeen);
  out.list(ledger.positions, ({ shardId, sequenceNumber, index }) => out.add(shardId, sequenceNumber, index));
  out.list(ledger.pages, ({ number, newestHour }) => out.add(number, newestHour));
  out.add(ledger.nextPage);
  writeProfile(out, profile);
  const text = Buffer.from([JSON.stringify(out.cells), ...profile.recent].join('\n'));
  const textBytes = text.length;
  const isSmall = textBytes + ledger.ids.length <= PLAIN_BYTES;
  // Told the size, zstd gets by with buffers for it, on both sides.
  const state = isSmall ? text : zstdCompressSync(text, { params, chunkSize, pledgedSrcSize: textBytes });
  return { format: STATE_FORMAT, state, ids: ledger.ids, textBytes };
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
    const text = state[0] === JSON_ARRAY ? state : zstdDecompressSync(state, { maxOutputLength: MAX_STATE_BYTES });
    const [cells = '', ...recent] = decoder.decode(text).split('\n');
    const from = new CellReader(JSON.parse(cells));
    const positions = from.list(() => {
      return { shardId: from.text(), sequenceNumber: from.text(), index: from.number() };
    });
    const pages = from.list(() => ({ number: from.number(), newestHour: from.number() }));
    const ledger = { positions, pages, nextPage: from.number(), ids };
    const profile = readProfile(from, recent);
    from.end();
    return { profile, ledger };
  } catch (cause) {
    throw new StateError('The state of a profile is damaged.', { isNewer: false, cause });
  }
}

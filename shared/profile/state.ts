import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { emptyNode } from '../identity/receive.ts';
import { newAudience } from '../segments/audience.ts';
import { isEmptyAudience, readAudience, writeAudience } from './audience-cells.ts';
import { CellReader, CellWriter } from './cells.ts';
import { readProfile, writeProfile } from './compact.ts';
import type { FoldedProfile } from './folded-profile.ts';
import { isEmptyNode, readIdentity, writeIdentity } from './identity-cells.ts';
import { readOutbox, writeOutbox } from './outbox-cells.ts';
import { readTracks, writeTracks } from './track-cells.ts';

/**
 * Format of `state`: raised when a reader of the one before would misread it. The first had nothing but positions, pages
 * and the profile: a state of the second that has no more is written just so. The third has items that were bought before;
 * a state without any is written as of the second.
 */
export const STATE_FORMAT = 3;
const FORMAT_WITHOUT_BOUGHT = 2;
const OLDEST_FORMAT = 1;

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
export function encodeProfile(folded: FoldedProfile): EncodedProfile & { readonly textBytes: number } {
  const { profile, ledger } = folded;
  const out = new CellWriter(profile?.firstSeen ?? 0);
  out.list(ledger.positions, ({ shardId, sequenceNumber, index }) => out.add(shardId, sequenceNumber, index));
  out.list(ledger.pages, ({ number, newestHour }) => out.add(number, newestHour));
  out.add(ledger.nextPage);
  if (profile === undefined) out.add(null);
  else writeProfile(out, profile);
  writeParts(out, folded);
  const text = Buffer.from([JSON.stringify(out.cells), ...(profile?.recent ?? [])].join('\n'));
  const textBytes = text.length;
  const isSmall = textBytes + ledger.ids.length <= PLAIN_BYTES;
  // Told the size, zstd gets by with buffers for it, on both sides.
  const state = isSmall ? text : zstdCompressSync(text, { params, chunkSize, pledgedSrcSize: textBytes });
  const format = profile?.boughtBefore.size ? STATE_FORMAT : FORMAT_WITHOUT_BOUGHT;
  return { format, state, ids: ledger.ids, textBytes };
}

/** Throws `StateError` for what `encodeProfile` of this version did not write. */
export function decodeProfile({ format, state, ids }: EncodedProfile): FoldedProfile {
  if (format < OLDEST_FORMAT || format > STATE_FORMAT) {
    const mend = 'deploy the version that wrote it';
    throw new StateError(`The state of a profile has format ${format}, this reads up to ${STATE_FORMAT}: ${mend}.`, {
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
    const hasProfile = from.peek() !== null;
    if (!hasProfile) from.value();
    const profile = hasProfile ? readProfile(from, recent) : undefined;
    const folded = readParts(from, { profile, ledger });
    from.end();
    return folded;
  } catch (cause) {
    throw new StateError('The state of a profile is damaged.', { isNewer: false, cause });
  }
}

/** Parts that most states lack, in the order in which they are written; a cell before them says which are there. */
const CONSENT = 1;
const TRACKS = 2;
const IDENTITY = 4;
const AUDIENCE = 8;
const OUTBOX = 16;
const BOUGHT = 32;
const HASH_DIGITS = 16;

function writeParts(out: CellWriter, { profile, tracks, identity, audience, outbox }: FoldedProfile): void {
  const consent = profile?.consent ?? new Map();
  const parts =
    (consent.size > 0 ? CONSENT : 0) +
    (tracks.size > 0 ? TRACKS : 0) +
    (isEmptyNode(identity) ? 0 : IDENTITY) +
    (isEmptyAudience(audience) ? 0 : AUDIENCE) +
    (outbox === undefined ? 0 : OUTBOX) +
    (profile?.boughtBefore.size ? BOUGHT : 0);
  if (parts === 0) return;
  out.add(parts);
  if (parts & CONSENT) {
    out.map(consent, ({ granted, time, messageId }) => {
      out.add(granted ? 1 : 0, messageId);
      out.moment(time);
    });
  }
  if (parts & BOUGHT) out.add([...(profile?.boughtBefore ?? [])].join(''));
  if (parts & TRACKS) writeTracks(out, tracks);
  if (parts & IDENTITY) writeIdentity(out, identity);
  if (parts & AUDIENCE) writeAudience(out, audience);
  if (outbox !== undefined) writeOutbox(out, outbox);
}

function readParts(from: CellReader, { profile, ledger }: Pick<FoldedProfile, 'profile' | 'ledger'>): FoldedProfile {
  const parts = from.isAtEnd ? 0 : from.number();
  if (parts & CONSENT) {
    const consent = from.map(() => ({ granted: from.number() === 1, messageId: from.text(), time: from.moment() }));
    if (profile !== undefined) profile.consent = consent;
  }
  if (parts & BOUGHT) {
    const hashes = from.text();
    for (let at = 0; at < hashes.length; at += HASH_DIGITS) {
      profile?.boughtBefore.add(hashes.slice(at, at + HASH_DIGITS));
    }
  }
  return {
    profile,
    ledger,
    tracks: parts & TRACKS ? readTracks(from) : new Map(),
    identity: parts & IDENTITY ? readIdentity(from) : emptyNode,
    audience: parts & AUDIENCE ? readAudience(from) : newAudience(),
    outbox: parts & OUTBOX ? readOutbox(from) : undefined,
  };
}

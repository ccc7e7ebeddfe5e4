import { decodeNeighbours, encodeNeighbours } from '../codec.ts';
import type { ItemIndex, Neighbours } from '../model.ts';
import { noNeighbours } from './output.ts';

/*
 * A file of neighbours that no engine has written: "EASE", then for each item its number and the length of its neighbours in
 * bytes (4 each, little-endian), and these as the table of models has them.
 */
const MAGIC = Buffer.from('EASE');

/** Items of one file. */
export const LISTS_A_FILE = 1_000;

/** Begins with an underscore, so that engines pass it over: they read Parquet in its folder. */
export const listsFile = (part: number): string => `_lists-${part}`;

export const holdsLists = (file: Uint8Array): boolean => MAGIC.equals(file.subarray(0, MAGIC.length));

/** The file of items from `first` on. */
export function encodeLists(lists: readonly Neighbours[], first: ItemIndex): Uint8Array {
  const pieces: Uint8Array[] = [MAGIC];
  for (const [at, collaborative] of lists.entries()) {
    const bytes = encodeNeighbours({ ...noNeighbours, collaborative });
    const head = Buffer.alloc(8);
    head.writeUInt32LE(first + at, 0);
    head.writeUInt32LE(bytes.length, 4);
    pieces.push(head, bytes);
  }
  return Buffer.concat(pieces);
}

/** Items of a file and their neighbours, which are decoded when they are asked for. Throws a `ModelBytesError` then. */
export function* decodeLists(file: Uint8Array): Generator<{ item: ItemIndex; neighbours: () => Neighbours }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = MAGIC.length; at < file.length; ) {
    const [item, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const bytes = file.subarray(at + 8, at + 8 + length);
    yield { item, neighbours: () => decodeNeighbours(bytes).collaborative };
    at += 8 + length;
  }
}

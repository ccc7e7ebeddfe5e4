import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes of a file from any place on; fewer at its end. */
export type ReadBytes = (start: number, length: number) => Promise<Buffer>;

/** A file that no import can read as it is: the message says why, and what to do. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

/** Bytes of one read, and of what is handed on at a time. */
const PIECE_BYTES = 4_000_000;
const SLICE_BYTES = 128 * 1024;

/** A file, unpacked as it is read. */
export interface Source {
  readonly isPacked: boolean;
  /** Unpacked bytes from `offset` on. Throws `FileProblem` and what `read` throws. */
  bytes(offset: number): AsyncGenerator<Buffer>;
  /** How many bytes of the file itself were read. */
  readonly read: number;
}

/** Opens a file of `size` bytes: gzip by its first bytes, whatever its name; other files as they are. */
export async function openSource(read: ReadBytes, size: number): Promise<Source> {
  const start = await read(0, Math.min(4, Math.max(size, 1)));
  if (size === 0 || start.length === 0) throw new FileProblem('The file is empty.');
  if (start.readUInt16BE(0) === 0xfffe || start.readUInt16BE(0) === 0xfeff) {
    throw new FileProblem('The file is in UTF-16: save it as UTF-8.');
  }
  return new FileSource(read, size, start[0] === 0x1f && start[1] === 0x8b);
}

class FileSource implements Source {
  readonly isPacked: boolean;
  read = 0;
  readonly #readBytes: ReadBytes;
  readonly #size: number;

  constructor(readBytes: ReadBytes, size: number, isPacked: boolean) {
    this.#readBytes = readBytes;
    this.#size = size;
    this.isPacked = isPacked;
  }

  async *bytes(offset: number): AsyncGenerator<Buffer> {
    if (!this.isPacked) {
      yield* this.#pieces(offset);
      return;
    }
    let skipped = 0;
    for await (const chunk of this.#unpacked()) {
      const skip = Math.min(offset - skipped, chunk.length);
      skipped += skip;
      if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip);
    }
    if (skipped < offset)
      throw new FileProblem('The file is shorter than it was: it must not change while it is read.');
  }

  /** The next piece is on its way while one is worked on. */
  async *#pieces(from: number): AsyncGenerator<Buffer> {
    const ask = (start: number) => (start < this.#size ? this.#readBytes(start, PIECE_BYTES) : undefined);
    let coming = ask(from);
    coming?.catch(() => undefined);
    for (let at = from; coming !== undefined; ) {
      const piece: Buffer = await coming;
      if (piece.length === 0) return;
      coming = ask(at + piece.length);
      coming?.catch(() => undefined);
      for (let slice = 0; slice < piece.length; slice += SLICE_BYTES) {
        const bytes = piece.subarray(slice, slice + SLICE_BYTES);
        this.read = at + slice + bytes.length;
        yield bytes;
      }
      at += piece.length;
    }
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip();
    pipeline(Readable.from(this.#pieces(0), { highWaterMark: 1 }), gunzip, () => undefined);
    try {
      yield* gunzip;
    } catch (error) {
      if (!/^Z_/.test((error as { code?: string }).code ?? '')) throw error;
      throw new FileProblem(`The file is damaged: it is packed by gzip and cannot be unpacked whole. Pack it again.`, {
        cause: error,
      });
    }
  }
}

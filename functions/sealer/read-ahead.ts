import type { LakeFile, LakeFiles } from '../adapters/lake-files.ts';

const AHEAD = 8;

/** A file that was listed is gone: somebody else is at work on the day. The next run begins it anew. */
export class FileGoneError extends Error {
  override readonly name = 'FileGoneError';

  constructor(key: string) {
    super(`The file ${key} was deleted while its day was being sealed.`);
  }
}

/** The contents of files in their order, some of them read while one is worked on. Throws `FileGoneError`. */
export async function* readAhead(files: LakeFiles, listed: readonly LakeFile[]): AsyncGenerator<Buffer> {
  const reads: Promise<Buffer | undefined>[] = [];
  for (const [at, { key }] of listed.entries()) {
    while (reads.length < Math.min(at + AHEAD, listed.length)) {
      const read = files.read((listed[reads.length] as LakeFile).key);
      // It is awaited below, perhaps after another has failed.
      read.catch(() => undefined);
      reads.push(read);
    }
    const content = await reads[at];
    if (content === undefined) throw new FileGoneError(key);
    reads[at] = Promise.resolve(undefined);
    yield content;
  }
}

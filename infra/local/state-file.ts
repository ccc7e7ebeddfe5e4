import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { DamagedDataError } from './errors.ts';

/** Writes JSON so that a crash at any moment leaves the old file or the new one, whole. */
export async function writeState(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(JSON.stringify(value, undefined, 2));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Reads what `writeState` wrote; `undefined` when there is none. Throws `DamagedDataError` when it is no JSON. */
export async function readState<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `The file ${file} of the data folder cannot be read: delete the data folder, or choose another with --data.`;
    throw new DamagedDataError(message, { cause });
  }
}

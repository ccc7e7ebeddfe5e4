import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A log of bounded size: the output of a function's sandboxes, or the calls that passed the gateway. */
export interface LogFile {
  readonly file: string;
  write(chunk: Buffer | string): void;
  close(): void;
}

/** Opens a log that keeps its last `bytes` to `2 * bytes`: a full file is set aside as `<file>.1`. */
export function openLogFile(file: string, bytes = 5_000_000): LogFile {
  mkdirSync(path.dirname(file), { recursive: true });
  let handle = openSync(file, 'a');
  let size = fstatSync(handle).size;
  let open = true;
  return {
    file,
    write: (chunk) => {
      if (!open) return;
      if (size >= bytes) {
        closeSync(handle);
        renameSync(file, `${file}.1`);
        handle = openSync(file, 'a');
        size = 0;
      }
      size += typeof chunk === 'string' ? writeSync(handle, chunk) : writeSync(handle, chunk);
    },
    close: () => {
      if (open) closeSync(handle);
      open = false;
    },
  };
}

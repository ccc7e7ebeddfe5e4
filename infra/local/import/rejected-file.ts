import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** The list of rejected lines on this machine, `<data>/imports/<id>/rejected.ndjson`; none where nothing was rejected. */
export interface RejectedFile {
  write(lines: string): void;
  /** Its name, as it is reached from here; undefined when nothing was written. */
  close(): string | undefined;
}

/** Takes the place of the list of an earlier run. */
export function openRejectedFile(dataDir: string, id: string): RejectedFile {
  const file = path.join(dataDir, 'imports', id, 'rejected.ndjson');
  rmSync(file, { force: true });
  let handle: number | undefined;
  return {
    write: (lines) => {
      if (handle === undefined) {
        mkdirSync(path.dirname(file), { recursive: true });
        handle = openSync(file, 'w');
      }
      writeSync(handle, lines);
    },
    close: () => {
      if (handle === undefined) return undefined;
      closeSync(handle);
      const relative = path.relative(process.cwd(), file);
      return relative.startsWith('..') ? file : relative;
    },
  };
}

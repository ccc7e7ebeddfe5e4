import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Headwater } from './headwater.ts';

/** Puts an object into the lake bucket, past all permissions: as S3 does, whole or not at all. */
export function plant({ dataDir, runtime }: Headwater, key: string, content: Uint8Array | string): void {
  const unfinished = join(dataDir, 'planted');
  writeFileSync(unfinished, content);
  const file = join(dataDir, 's3', runtime.outputs.LakeBucket ?? '', key);
  mkdirSync(dirname(file), { recursive: true });
  renameSync(unfinished, file);
}

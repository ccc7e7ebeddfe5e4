import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Headwater } from './headwater.ts';

/** Whether all that a file of the inbox holds is in the lake and in profiles. */
export function isImported({ dataDir, runtime }: Headwater, key: string): boolean {
  const file = join(dataDir, 's3', runtime.outputs.LakeBucket ?? '', `${key}.status.json`);
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).step === 'done';
}

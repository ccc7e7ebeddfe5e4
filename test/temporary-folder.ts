import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run of all tests one folder for whatever they and the tools that they call leave behind, and removes it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

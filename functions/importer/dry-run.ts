import { open } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MapError, readImportMap } from '../../schemas/import/read-map.ts';
import { noCounts } from '../../schemas/import/state.ts';
import { GroupIds } from '../../shared/import/group-ids.ts';
import { PartBuilder, type PartContext } from '../../shared/import/part.ts';
import { listOf } from './bring-in.ts';
import { countPart } from './import-state.ts';
import { openFile } from './open-file.ts';
import { FileProblem } from './read-source.ts';

/**
 * Makes of a file what the importer would, and puts nothing anywhere. Writes lines of JSON: `{read}` now and then,
 * `{rejected}` with lines of the list, `{sample}` with the first events, at last `{counts}` or `{problem}`.
 */
const SAMPLES = 2;

const { values } = parseArgs({
  options: { file: { type: 'string' }, map: { type: 'string' }, name: { type: 'string' } },
});
const { file = '', map = '', name = '' } = values;

const handle = await open(file);
try {
  await run();
} catch (error) {
  if (!(error instanceof FileProblem || error instanceof MapError)) throw error;
  await say({ problem: error.message });
  process.exitCode = 1;
} finally {
  await handle.close();
}

async function run(): Promise<void> {
  const { size } = await handle.stat();
  const read = async (start: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  };
  const mapHandle = await open(map);
  const text = await mapHandle.readFile('utf8').finally(() => mapHandle.close());
  const opened = await openFile({ fileName: path.basename(file), size, read }, readImportMap(text));
  const now = Date.now();
  const context: PartContext = {
    name,
    importId: `${name}-dry-run`,
    importedAt: now,
    plan: opened.plan,
    earlier: new GroupIds(),
    own: new GroupIds(),
  };
  let counts = noCounts;
  let samples = 0;
  let builder = new PartBuilder(context, { offset: opened.offset, rows: 0 }, now);
  const close = async () => {
    const part = builder.close();
    counts = countPart(counts, part);
    if (part.rejected.length > 0) await say({ rejected: listOf(part.rejected, opened.columns).toString('utf8') });
    for (const made of [...part.events.map((event) => JSON.parse(event.text)), ...part.spend]) {
      if (samples >= SAMPLES) break;
      samples += 1;
      await say({ sample: made });
    }
    await say({ read: opened.source.read });
    builder = new PartBuilder(context, part.next, now);
  };
  for await (const line of opened.lines) {
    if (builder.add(line)) continue;
    await close();
    builder.add(line);
  }
  await close();
  await say({ counts });
}

/** Waits where nobody reads as fast as lines are made. */
async function say(value: unknown): Promise<void> {
  if (process.stdout.write(`${JSON.stringify(value)}\n`)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

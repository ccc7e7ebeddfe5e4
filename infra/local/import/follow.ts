import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportStatus } from '../../../schemas/import/state.ts';
import { openProgress } from '../demo/progress.ts';
import { StartError } from '../errors.ts';
import { type Dropped, drop, rejectedOf, statusOf } from './inbox.ts';
import { outcomeText, paceText } from './outcome.ts';
import { openRejectedFile } from './rejected-file.ts';
import { type ImportRequest, indented } from './request.ts';
import { openTarget, type Target } from './target.ts';

const POLL_MS = 300;
/** How long an import may stand still before its function is called again: it may have died. A call too many does no harm. */
const NUDGE_MS = 5_000;
/** Looks that may fail in a row: a runtime that starts anew is away for some seconds. */
const MAX_FAILURES = 20;

/** Puts the file into the inbox, and follows the importer until it is done with it. Throws a `StartError`. */
export async function importFile(request: ImportRequest): Promise<void> {
  const target = await openTarget(request);
  const dropped = await drop(target, request);
  await target.invoke();
  const status = await ended(target, dropped, request.size);
  if (status.problem !== undefined) {
    const rest = status.counts.rows > 0 ? `\n\nUntil then:\n${outcomeText(status.counts)}` : '';
    throw new StartError(`The import failed:\n${indented(status.problem.message)}${rest}`);
  }
  await show(target, request, status);
}

async function ended(target: Target, dropped: Dropped, size: number): Promise<ImportStatus> {
  const progress = openProgress('Importing', size);
  let failures = 0;
  let seen = '';
  let seenAt = performance.now();
  try {
    for (;;) {
      try {
        const status = await statusOf(target, dropped);
        failures = 0;
        if (status !== undefined) progress.update(status.read);
        if (JSON.stringify(status ?? {}) !== seen) {
          seen = JSON.stringify(status ?? {});
          seenAt = performance.now();
        } else if (performance.now() - seenAt > NUDGE_MS) {
          seenAt = performance.now();
          await target.invoke();
        }
        if (status?.step === 'done' || status?.step === 'failed') return status;
      } catch (cause) {
        failures += 1;
        if (failures >= MAX_FAILURES) {
          throw new StartError(
            'The importer is out of reach; the import goes on when it is back: give the same command again.',
            {
              cause,
            },
          );
        }
      }
      await sleep(POLL_MS);
    }
  } finally {
    progress.stop();
  }
}

async function show(target: Target, request: ImportRequest, status: ImportStatus): Promise<void> {
  const { counts, startedAt, endedAt = startedAt, already, id = '' } = status;
  if (already) {
    console.log(`Already imported at ${endedAt}: the same file with the same map. Nothing was done.`);
    console.log(outcomeText(counts));
    return;
  }
  console.log(outcomeText(counts));
  if (counts.rejectedRows > 0) {
    const file = openRejectedFile(request.dataDir, id);
    for await (const lines of rejectedOf(target, id)) file.write(lines);
    console.log(`\nThe rejected lines: ${file.close() ?? 'no longer kept'}`);
  }
  console.log(`\n${paceText(counts.rows, Date.parse(endedAt) - Date.parse(startedAt))}, until all had landed.`);
  const view = counts.events > 0 ? `events WHERE source_id = 'import:${request.name}'` : 'marketing_spend';
  const where = request.stage === undefined ? '' : ` --stage ${request.stage}`;
  console.log(`See it: npm run query -- "SELECT * FROM ${view} LIMIT 10"${where}`);
}

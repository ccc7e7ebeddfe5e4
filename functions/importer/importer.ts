import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { MapError, readImportMap } from '../../schemas/import/read-map.ts';
import { type ImportProblem, type ImportStatus, INBOX, noCounts } from '../../schemas/import/state.ts';
import type { PartLimits } from '../../shared/import/part.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import { Lease, LeaseLostError } from '../adapters/lease.ts';
import { errorFields, type log } from '../adapters/log.ts';
import { createHeldObject, createStateObject } from '../adapters/state-object.ts';
import { FileChangedError, type VersionedFiles } from '../adapters/versioned-files.ts';
import { importIdOf, stateKey } from './import-keys.ts';
import { type ImportState, newImportState } from './import-state.ts';
import { isAbout, isName, type WaitingFile, waitingFiles } from './inbox.ts';
import { ImportRun, type Reach } from './run-import.ts';

export interface ImporterProps extends Reach {
  readonly files: Pick<LakeFiles, 'list' | 'read' | 'write'>;
  readonly versioned: VersionedFiles;
  /** A text that no other call answers. */
  readonly newId: () => string;
  readonly log: typeof log;
  /** @default partLimits */
  readonly limits?: Partial<PartLimits>;
}

/** Time before the function's end in which no part is begun. */
const MARGIN_MS = 75_000;
const PIECE_BYTES = 8_000_000;
/** How long a run may be silent before another takes over: a large part takes some seconds. */
const LEASE_MS = 12_000;
/** How often what was done so far is shown. */
const TELL_MS = 500;

/** How the look at a file ended: with nothing to do, with its import's end, at the function's, or with another's. */
type Outcome = 'settled' | 'ended' | 'out of time' | 'busy';

/**
 * Makes the function that brings in the files of the inbox, one after the other. It runs every minute and when it is
 * called, and ends at once when nothing waits or another run is at it.
 *
 * A file and its map are known by their content: what was brought in is not brought in again, however often and under
 * whatever file name it is put there. Of a file that was changed since, or that has another map, the groups of lines are
 * brought in that no earlier import of the name brought.
 *
 * Why a crash does no harm: after each part it is stored how far the import is, over what this run stored last. A part
 * that is done again has the same effect, because its events have the same ids, and profiles and the lake count them once
 * for a day and more; the next run begins within a minute.
 */
export function createImporter(props: ImporterProps) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const { clock, files } = props;
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    const errors: unknown[] = [];
    for (const waiting of waitingFiles(await files.list(INBOX))) {
      try {
        const outcome = await lookAt(props, waiting, end);
        if (outcome === 'out of time' || outcome === 'busy') break;
      } catch (error) {
        // It is tried again a minute later, and no other file waits for that.
        errors.push(error);
        props.log('error', 'A file of the inbox could not be looked at.', {
          code: 'import_broke_off',
          ...errorFields(error),
        });
      }
    }
    if (errors.length > 0) throw errors[0];
  };
}

async function lookAt(props: ImporterProps, waiting: WaitingFile, end: number): Promise<Outcome> {
  try {
    return await work(props, waiting, end);
  } catch (error) {
    // Whoever replaced it waits for the next look; whoever took over does the rest.
    if (error instanceof FileChangedError) return 'settled';
    if (!(error instanceof LeaseLostError)) throw error;
    props.log('warn', error.message, { code: 'import_lease_lost', ...errorFields(error) });
    return 'busy';
  }
}

async function work(props: ImporterProps, waiting: WaitingFile, end: number): Promise<Outcome> {
  const { clock, files, versioned } = props;
  const seen = await statusOf(files, waiting);
  if (seen?.step === 'failed') return 'settled';
  if (seen?.step === 'done') {
    await versioned.remove(waiting.key, waiting.etag);
    return 'settled';
  }

  const now = new Date(clock()).toISOString();
  const fail = (problem: ImportProblem) => writeStatus(files, waiting, { startedAt: now, endedAt: now, problem });
  if (!isName(waiting.name)) return await fail(wrongName);
  const mapFile = await versioned.read(waiting.mapKey);
  if (mapFile === undefined) return await fail(noMap);
  if (mapFile.etag !== waiting.mapTag) return 'settled';
  const map = read(() => readImportMap(mapFile.body.toString('utf8')));
  if (map instanceof MapError) return await fail({ code: 'map_invalid', message: map.message });

  const id = seen?.id ?? importIdOf(waiting.name, mapFile.body, await contentOf(versioned, waiting));
  const about = { id, name: waiting.name, fileName: waiting.fileName, startedAt: now };
  const store = createHeldObject<ImportState>(createStateObject(versioned, stateKey(id)));
  const found = await store.read();
  if (found?.step === 'done') {
    await writeStatus(files, waiting, statusFields(found, true));
    await versioned.remove(waiting.key, waiting.etag);
    return 'settled';
  }

  const lease = await Lease.take(store, clock, props.newId(), newImportState(about, noCounts), LEASE_MS);
  // Somebody else works on it, or has done it since.
  if (lease === undefined) return 'busy';
  const { step } = lease.work;
  if (step === 'done') {
    await lease.release();
    return 'busy';
  }
  // One that failed is tried again when it is put there again: perhaps the function has learnt since.
  if (step === 'failed') await lease.change(withoutProblem);
  let toldAt = 0;
  const tell = async () => {
    if (clock() - toldAt < TELL_MS) return;
    toldAt = clock();
    await writeStatus(files, waiting, statusFields(lease.work, false));
  };
  await tell();
  const file = {
    fileName: waiting.fileName,
    size: waiting.size,
    read: (start: number, length: number) => versioned.readPart(waiting.key, waiting.etag, start, length),
  };
  try {
    const hasEnded = await new ImportRun(props, lease, tell, props.limits).until(end, file, map);
    if (!hasEnded) {
      await lease.release();
      return 'out of time';
    }
  } catch (error) {
    if (!(error instanceof LeaseLostError)) await lease.release().catch(() => undefined);
    throw error;
  }
  await writeStatus(files, waiting, statusFields(lease.work, false));
  logEnd(props, lease.work);
  if (lease.work.step === 'done') await versioned.remove(waiting.key, waiting.etag);
  return 'ended';
}

const wrongName: ImportProblem = {
  code: 'name_invalid',
  message:
    'The file does not lie in a folder of the inbox that is the name of an import: use inbox/<name>/<file>, with a name of small letters, digits and dashes.',
};
const noMap: ImportProblem = {
  code: 'map_missing',
  message: 'There is no map.json beside the file: put one there that says how its lines become events.',
};

function read<T>(reading: () => T): T | MapError {
  try {
    return reading();
  } catch (error) {
    if (error instanceof MapError) return error;
    throw error;
  }
}

async function statusOf(files: ImporterProps['files'], waiting: WaitingFile): Promise<ImportStatus | undefined> {
  const body = waiting.hasStatus ? await files.read(waiting.statusKey) : undefined;
  if (body === undefined) return undefined;
  try {
    const status: ImportStatus = JSON.parse(body.toString('utf8'));
    return isAbout(status, waiting) ? status : undefined;
  } catch {
    return undefined;
  }
}

/** Hash of the whole file. */
async function contentOf(versioned: VersionedFiles, { key, etag, size }: WaitingFile) {
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += PIECE_BYTES) hash.update(await versioned.readPart(key, etag, at, PIECE_BYTES));
  return hash;
}

type StatusFields = Partial<ImportStatus> & Pick<ImportStatus, 'startedAt'>;

async function writeStatus(
  files: ImporterProps['files'],
  waiting: WaitingFile,
  fields: StatusFields,
): Promise<'settled'> {
  const { etag, mapTag, size, statusKey } = waiting;
  const step = fields.problem === undefined ? 'lines' : 'failed';
  const about = { fileTag: etag, mapTag, size };
  const status: ImportStatus = { ...about, step, already: false, read: 0, counts: noCounts, ...fields };
  await files.write(statusKey, Buffer.from(`${JSON.stringify(status, undefined, 2)}\n`));
  return 'settled';
}

const statusFields = (state: ImportState, already: boolean): StatusFields => {
  const { id, step, read, counts, startedAt, endedAt, problem } = state;
  return { id, step, already, read, counts, startedAt, ...(endedAt && { endedAt }), ...(problem && { problem }) };
};

function withoutProblem({ problem: _, endedAt: __, ...state }: ImportState): ImportState {
  return { ...state, step: 'lines' };
}

function logEnd({ log, clock }: ImporterProps, { id, step, counts, startedAt, problem }: ImportState): void {
  log(step === 'done' ? 'info' : 'error', step === 'done' ? 'An import is done.' : 'An import failed.', {
    code: step === 'done' ? 'import_done' : 'import_failed',
    import: id,
    problem: problem?.code,
    rows: counts.rows,
    landed: counts.landedRows,
    rejected: counts.rejectedRows,
    known: counts.knownRows,
    events: counts.events,
    milliseconds: clock() - Date.parse(startedAt),
  });
}

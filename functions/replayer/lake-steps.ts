import { createHash } from 'node:crypto';
import type { Days } from '../../schemas/replay.ts';
import { cleanRaw } from '../../shared/clean/clean-raw.ts';
import { barrierKey, landedShards } from '../../shared/lake/object-key.ts';
import type { HistoryLine } from '../../shared/replay/history-lines.ts';
import { type ReplayJob, type ReplayStep, type ResultFile, rebuildDays } from '../../shared/replay/job.ts';
import { failedSql, keysSql, rawSql } from '../../shared/replay/queries.ts';
import { type Cells, rawRowOf } from '../../shared/replay/result-rows.ts';
import { type Barrier, isPassed } from '../../shared/stream/barrier.ts';
import { ResultReader } from '../adapters/result-reader.ts';
import type { Reach } from './reach.ts';
import { REPLAYS, Runs, RunWriter, runKey } from './runs.ts';

export type Step<N extends ReplayStep['name']> = Extract<ReplayStep, { name: N }>;
/** How a step ended: with the job as it goes on, or not yet. */
export type Progress = ReplayJob | 'wait';

/** A query that failed, with Athena's reason: trying again would not help. */
export class QueryFailedError extends Error {
  override readonly name = 'QueryFailedError';
}

const DAY_MS = 86_400_000;
/** Days that one query reads: few queries, and none that Athena would stop for its size. */
const DAYS_A_QUERY = 7;
/** Rows of one read, and time for which one step gathers them. */
const ROWS = 2_000;
const GATHER_MS = 3_000;
const MAX_BUCKETS = 512;
const TABLES = ['raw_landed/day=', 'raw_sealed/day='];

/** Reads the lake: what lay before a barrier, days by days, into runs of history. */
export class LakeSteps {
  readonly #reach: Reach;
  readonly runs: Runs;
  #reader: { readonly key: string; readonly rows: ResultReader } | undefined;

  constructor(reach: Reach) {
    this.#reach = reach;
    this.runs = new Runs(reach.objects, reach.put, reach.lakeBucket);
  }

  async barrier(id: string): Promise<Barrier> {
    return { id, shards: await this.#reach.putBarrier(id) };
  }

  /** Whether all that lay before a barrier is in the lake. */
  async hasLanded(barrier: Barrier): Promise<boolean> {
    const keys = await this.#reach.objects.listKeys(this.#reach.lakeBucket, barrierKey(barrier.id, ''));
    return isPassed(barrier, landedShards(barrier.id, keys));
  }

  /** Days to ask for: all that the lake has, or those in which what came since the replay began may lie. */
  async plan({ pass, startedAt, request }: ReplayJob): Promise<Days[]> {
    if (request.kind === 'failed') return [request.days];
    const today = this.#reach.clock() + DAY_MS;
    const first = pass === 'late' ? startedAt - LATE_DAYS * DAY_MS : await this.#firstDay();
    const plan: Days[] = [];
    for (let from = first ?? today; from <= today; from += DAYS_A_QUERY * DAY_MS) {
      plan.push({ from: dayOf(from), to: dayOf(Math.min(from + (DAYS_A_QUERY - 1) * DAY_MS, today)) });
    }
    return plan;
  }

  async #firstDay(): Promise<number | undefined> {
    const { objects, lakeBucket } = this.#reach;
    const found = await Promise.all(TABLES.map((prefix) => objects.listKeys(lakeBucket, prefix, 1)));
    const days = found.flatMap(([key], table) => {
      const day = key?.slice((TABLES[table] as string).length).slice(0, 10);
      return day === undefined ? [] : [Date.parse(day)];
    });
    return days.length === 0 ? undefined : Math.min(...days);
  }

  /** Asks one query after the other. Throws `QueryFailedError`. */
  async query(job: ReplayJob, step: Step<'query'>): Promise<Progress> {
    const sql = sqlOf(job, step.at);
    if (sql === undefined) return afterQueries(job, step.files, this.#reach.bucketBytes);
    const { athena, database, workGroup, objects } = this.#reach;
    if (step.running === undefined) {
      const token = createHash('sha256').update(`${job.id} ${job.queries} ${sql}`).digest('hex');
      const running = await athena.start({ sql, database, workGroup, token });
      return { ...job, queries: job.queries + 1, step: { ...step, running } };
    }
    const { running, ...rest } = step;
    const found = await athena.look(running);
    if (found.state === 'running') return 'wait';
    if (found.state === 'failed') throw new QueryFailedError(found.reason);
    if (found.state === 'unknown') return { ...job, step: rest };
    const { size } = await objects.readPart(found.output.bucket, found.output.key, 0, 1);
    return { ...job, step: { ...rest, at: step.at + 1, files: [...step.files, { ...found.output, size }] } };
  }

  /** Cleans rows and puts their events into runs, until one is full or a while is over. */
  async gather(job: ReplayJob, step: Step<'gather'>): Promise<ReplayJob> {
    const { files } = step;
    const run = new RunWriter(job.buckets);
    const end = this.#reach.clock() + GATHER_MS;
    let { file, offset } = step;
    while (file < files.length && !run.isFull && this.#reach.clock() < end) {
      const chunk = await this.rowsOf(files[file] as ResultFile).chunk(offset, ROWS);
      for (const cells of chunk.rows) {
        const line = lineOf(cells, job);
        if (line !== undefined) run.add(line);
      }
      offset = chunk.rows.length === 0 ? 0 : chunk.end;
      if (chunk.rows.length === 0) file += 1;
    }
    const runs = job.runs[job.pass];
    if (!run.isEmpty) await this.runs.write(runKey(job.id, passName(job), runs), run.bytes());
    const next = { ...job, runs: { ...job.runs, [job.pass]: runs + (run.isEmpty ? 0 : 1) } };
    if (file < files.length) return { ...next, step: { ...step, file, offset } };
    return { ...next, step: { name: 'fold', bucket: job.pass === 'late' ? job.lateBucket : 0 } };
  }

  /** Removes the files of a replay that is over: they hold what people did. */
  async cleanUp({ id }: ReplayJob): Promise<void> {
    const keys = await this.#reach.objects.listKeys(this.#reach.lakeBucket, `${REPLAYS}${id}/`);
    if (keys.length > 0) await this.#reach.removeFiles(keys);
  }

  /** What was read beyond a chunk is kept for the next one. */
  rowsOf(file: ResultFile): ResultReader {
    if (this.#reader?.key !== file.key)
      this.#reader = { key: file.key, rows: new ResultReader(this.#reach.objects, file) };
    return this.#reader.rows;
  }
}

/** Batches that a slow lake-writer began with older records lie under older days. */
const LATE_DAYS = 3;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Each pause has files of its own. */
export const passName = ({ pass, pauses }: ReplayJob): string => (pass === 'late' ? `late-${pauses}` : pass);

/** The query at a place of the plan; undefined when all are done. */
function sqlOf(job: ReplayJob, at: number): string | undefined {
  const { request, plan, pass } = job;
  const days = plan[at];
  if (request.kind === 'failed') return days && failedSql(days, request.reason);
  if (days !== undefined) return rawSql(days);
  const asked = rebuildDays(job);
  return at === plan.length && pass === 'all' && asked !== undefined ? keysSql(asked) : undefined;
}

function afterQueries(job: ReplayJob, files: readonly ResultFile[], bucketBytes: number): ReplayJob {
  const [first] = files;
  if (job.request.kind === 'failed') {
    return { ...job, step: first === undefined ? { name: 'done' } : { name: 'retry', file: first, offset: 0 } };
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const buckets =
    job.pass === 'late' ? job.buckets : Math.min(Math.max(Math.ceil(bytes / bucketBytes), 1), MAX_BUCKETS);
  return { ...job, buckets, step: { name: 'gather', files, file: 0, offset: 0 } };
}

/** A row of `keysSql` has one cell, one of `rawSql` has more. Undefined for what cleaning rejects today. */
function lineOf(cells: Cells, job: ReplayJob): HistoryLine | undefined {
  const asked = rebuildDays(job);
  if (asked === undefined) return undefined;
  const [key] = cells;
  if (cells.length === 1) return key === null || key === undefined ? undefined : { key, isAsked: true };
  const { day, arrivedAt, ...raw } = rawRowOf(cells);
  const item = cleanRaw(raw);
  if (item?.outcome.ok !== true) return undefined;
  const { event } = item.outcome;
  const { shardId, sequenceNumber, index } = raw;
  const isAsked = job.pass === 'all' && day >= asked.from && day <= asked.to;
  return { key: event.profileKey, isAsked, delivery: { shardId, sequenceNumber, index, arrivedAt, event } };
}

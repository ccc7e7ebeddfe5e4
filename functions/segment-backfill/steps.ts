import { createHash } from 'node:crypto';
import type { BackfillItem, BackfillRecord } from '../../schemas/stream/control.ts';
import { barrierKey, landedShards } from '../../shared/lake/object-key.ts';
import type { BackfillJob, BackfillStep, Pass } from '../../shared/segments/backfill-job.ts';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import { type Query, QueryTooLongError } from '../../shared/segments/sql/query.ts';
import { type Barrier, isPassed } from '../../shared/stream/barrier.ts';
import { AthenaQueryError, type createAthena } from '../adapters/athena.ts';
import type { PutBarrier } from '../adapters/barrier-records.ts';
import type { Barriers } from '../adapters/barriers.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import { ResultReader } from '../adapters/result-reader.ts';
import type { ObjectReader } from '../adapters/s3-read.ts';
import { ServiceError } from '../adapters/signed-http.ts';
import { itemsOf } from './items.ts';
import { queryOf } from './query.ts';

/** What the steps of a backfill reach. */
export interface Reach {
  readonly barriers: Pick<Barriers, 'passedShards'>;
  readonly putBarrier: PutBarrier;
  readonly stream: ControlStream;
  readonly objects: ObjectReader;
  readonly athena: Pick<ReturnType<typeof createAthena>, 'start' | 'look'>;
  readonly lakeBucket: string;
  readonly database: string;
  readonly workGroup: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** How a step ended: with the job as it goes on, or not yet. */
export type Progress = BackfillJob | 'wait';
type Step<N extends BackfillStep['name']> = Extract<BackfillStep, { name: N }>;

/** Keys of a window for each shard: about the writes that profile-updater does in a few seconds. */
export const WINDOW_KEYS = 4_000;
/** Windows that may be under way: the next is sent while one is worked off, and events never wait for more. */
const WINDOWS = 2;
const PUBLISH_MS = 4_000;

/** Does the step that a job is at; each may be done again, with the same effect. Throws what its services throw. */
export class BackfillSteps {
  readonly #reach: Reach;
  #reader: { readonly key: string; readonly rows: ResultReader } | undefined;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Throws `AthenaQueryError` when the query failed, or is too long. `publish` is not done here: it belongs to the catalog. */
  async advance(job: BackfillJob, body: CatalogBody): Promise<Progress> {
    const { step } = job;
    switch (step.name) {
      case 'begin':
        return { ...job, step: { name: 'updater', barrier: await this.#barrier(`${job.id}-known`) } };
      case 'updater':
        return await this.#updater(job, step);
      case 'lake':
        return await this.#lake(job, step);
      case 'query':
        return await this.#query(job, step, body);
      case 'querying':
        return await this.#querying(job, step);
      case 'rows':
        return await this.#rows(job, step);
      case 'publish':
        return job;
    }
  }

  /** Transitions that profile-updater made before it knew the catalog lie on the stream now: behind a second barrier. */
  async #updater(job: BackfillJob, { barrier }: Step<'updater'>): Promise<Progress> {
    if (!(await this.#isPassed(barrier))) return 'wait';
    const told = job.removed.length === 0 ? barrier : await this.#barrier(`${job.id}-told`);
    return { ...job, step: { name: 'lake', barrier: told } };
  }

  async #lake(job: BackfillJob, { barrier }: Step<'lake'>): Promise<Progress> {
    const keys = await this.#reach.objects.listKeys(this.#reach.lakeBucket, barrierKey(barrier.id, ''));
    if (!isPassed(barrier, landedShards(barrier.id, keys))) return 'wait';
    return { ...job, step: { name: 'query', pass: job.segments.length > 0 ? 'tracks' : 'removed' } };
  }

  async #query(job: BackfillJob, { pass }: Step<'query'>, body: CatalogBody): Promise<Progress> {
    const { athena, database, workGroup } = this.#reach;
    const query = this.#fitting(job, pass, body);
    if (query === undefined) return { ...job, segments: job.segments.slice(0, Math.ceil(job.segments.length / 2)) };
    const token = createHash('sha256').update(`${job.id} ${job.queries} ${query.sql}`).digest('hex');
    const id = await athena.start({ ...query, database, workGroup, token });
    return { ...job, queries: job.queries + 1, step: { name: 'querying', pass, query: id } };
  }

  /** Undefined when the definitions together make a query that is too long: the later half waits for the next job. */
  #fitting(job: BackfillJob, pass: Pass, body: CatalogBody): Query | undefined {
    try {
      return queryOf(job, pass, body);
    } catch (error) {
      if (!(error instanceof QueryTooLongError)) throw error;
      if (pass === 'removed' || job.segments.length < 2) throw new AthenaQueryError(error.message);
      return undefined;
    }
  }

  async #querying(job: BackfillJob, { pass, query }: Step<'querying'>): Promise<Progress> {
    const found = await this.#reach.athena.look(query);
    switch (found.state) {
      case 'running':
        return 'wait';
      case 'failed':
        throw new AthenaQueryError(found.reason);
      case 'unknown':
        return { ...job, step: { name: 'query', pass } };
      case 'succeeded':
        return { ...job, step: { name: 'rows', pass, file: found.output, offset: 0, size: 1, windows: [] } };
    }
  }

  /** Sends a window of keys, then a barrier; goes on when all windows but one are worked off. */
  async #rows(job: BackfillJob, step: Step<'rows'>): Promise<Progress> {
    const { pass, file, offset } = step;
    const [oldest, ...younger] = step.windows;
    const isFull = step.windows.length >= WINDOWS;
    if (oldest && isFull && !(await this.#isPassed(oldest))) return 'wait';
    const windows = isFull ? younger : step.windows;

    const shards = step.windows.at(-1)?.shards.length ?? 1;
    let chunk: Awaited<ReturnType<ResultReader['chunk']>>;
    try {
      chunk = await this.#readerOf(file).chunk(offset, WINDOW_KEYS * shards);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.name !== 'NoSuchKey') throw error;
      return { ...job, step: { name: 'query', pass } };
    }
    const { rows, end, size } = chunk;
    if (rows.length > 0) {
      await this.#send(job, itemsOf(rows));
      const window = await this.#barrier(`${job.id}-${pass}-${end}`);
      const next = { ...step, offset: end, size, windows: [...windows, window] };
      return { ...job, sent: job.sent + rows.length, step: next };
    }
    const last = windows.at(-1);
    if (last && !(await this.#isPassed(last))) return 'wait';
    if (pass === 'tracks' && job.removed.length > 0) return { ...job, step: { name: 'query', pass: 'removed' } };
    return { ...job, step: { name: 'publish' } };
  }

  #readerOf(file: Step<'rows'>['file']): ResultReader {
    if (this.#reader?.key !== file.key) {
      this.#reader = { key: file.key, rows: new ResultReader(this.#reach.objects, file) };
    }
    return this.#reader.rows;
  }

  /** Of a key that takes several records only the last says for which segments it is complete. */
  async #send(job: BackfillJob, { parts, items }: ReturnType<typeof itemsOf>): Promise<void> {
    const record = (of: readonly BackfillItem[], segments: BackfillJob['segments']): BackfillRecord => ({
      v: 1,
      kind: 'backfill',
      job: job.id,
      segments,
      items: of,
    });
    const deadline = this.#reach.clock() + PUBLISH_MS;
    if (parts.length > 0) await this.#reach.stream.publish([record(parts, [])], deadline);
    await this.#reach.stream.publish([record(items, job.segments)], deadline);
  }

  async #barrier(id: string): Promise<Barrier> {
    return { id, shards: await this.#reach.putBarrier(id) };
  }

  async #isPassed(barrier: Barrier): Promise<boolean> {
    return isPassed(barrier, await this.#reach.barriers.passedShards(barrier.id));
  }
}

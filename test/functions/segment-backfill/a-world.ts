import { zstdDecompressSync } from 'node:zlib';
import type { ResultLocation } from '../../../functions/adapters/athena.ts';
import { createBackfillJobs } from '../../../functions/adapters/backfill-job.ts';
import { LEASE_MS } from '../../../functions/adapters/lease.ts';
import { createSegmentCatalog } from '../../../functions/adapters/segment-catalog.ts';
import type { CatalogHead } from '../../../functions/adapters/segment-catalog-reader.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import {
  createSegmentBackfill,
  type SegmentBackfillProps,
} from '../../../functions/segment-backfill/segment-backfill.ts';
import { csvOf } from '../../../infra/local/services/athena/result-file.ts';
import type { BackfillRecord } from '../../../schemas/stream/control.ts';
import { builtInCatalog } from '../../../shared/segments/built-in-catalog.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { MemoryTable } from '../adapters/memory-table.ts';

type Entry =
  | { readonly kind: 'event'; readonly key: string; readonly n: number }
  | { readonly kind: 'transition'; readonly key: string; readonly segmentId: string }
  | { readonly kind: 'barrier'; readonly id: string }
  | BackfillRecord;

interface Shard {
  readonly id: string;
  readonly log: Entry[];
  /** How far each consumer has read. */
  updater: number;
  lake: number;
}

/** What the profile-updater keeps of a key: which of its events it knows for which versions. */
interface Known {
  readonly live: Set<string>;
  readonly ready: Set<string>;
}

/** A run was killed: nothing it does from now on happens. */
export class Killed extends Error {}

/**
 * A stream with two consumers, a lake, Athena and a table, in memory and in steps: what a backfill stands in the middle of.
 * The profile-updater notes for each version of a definition which events it tracked and which rows it was sent.
 */
export class World {
  readonly shards: Shard[];
  readonly table = new MemoryTable();
  readonly catalog = createSegmentCatalog(this.table.client, 'segments', () => this.now);
  readonly jobs = createBackfillJobs(this.table.client, 'segments');
  readonly landed = new Map<string, Set<number>>();
  readonly entered = new Map<string, Set<string>>();
  readonly marks = new Map<string, Set<string>>();
  readonly lakeMarks = new Set<string>();
  readonly keys = new Map<string, Known>();
  readonly files = new Map<string, Buffer>();
  readonly queries = new Map<string, { id: string; sql: string; file?: string; failed?: boolean }>();
  readonly logged: string[] = [];
  now = Date.parse('2026-03-02T10:00:00Z');
  events = 0;
  batches = 0;
  /** Called before each step of the outside: a test decides what happens in between. */
  onTurn: () => void = () => {};
  /** Answers that every query fails, or not. */
  failsQuery: (sql: string) => boolean = () => false;
  /** Whether queries run and run. */
  isSlow = false;
  #read: { readonly revision: number; readonly body: CatalogBody } | undefined;
  #generation = 0;
  #calls = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #die: (error: Killed) => void = () => {};

  constructor(shards = 2) {
    this.shards = Array.from({ length: shards }, (_, n) => ({ id: `shard-${n}`, log: [], updater: 0, lake: 0 }));
  }

  /** Who has written the job last. */
  jobOwner(): string | undefined {
    return this.table.items.get('job current')?.owner?.S;
  }

  /** The run that was cut off speaks up, as if it were at work. */
  renewLease(): void {
    const held = this.table.items.get('job current');
    const version = { N: String(Number(held?.version?.N) + 1) };
    this.table.items.set('job current', { ...held, version, leaseUntil: { N: String(this.now + LEASE_MS) } });
  }

  /** An event arrives on the shard of its key. */
  send(key: string): void {
    this.events += 1;
    this.#shardOf(key).log.push({ kind: 'event', key, n: this.events });
  }

  #shardOf(text: string): Shard {
    let sum = 0;
    for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
    return this.shards[sum % this.shards.length] as Shard;
  }

  /** The catalog as of now. */
  body(): CatalogBody {
    const revision = Number(this.table.items.get('catalog head')?.revision?.N ?? 0);
    if (this.#read?.revision !== revision) {
      const bytes = this.table.items.get(`catalog r${String(revision).padStart(10, '0')}`)?.body?.B;
      const body = bytes
        ? JSON.parse(zstdDecompressSync(Buffer.from(bytes, 'base64')).toString())
        : builtInCatalog().body;
      this.#read = { revision, body };
    }
    return this.#read.body;
  }

  /** The profile-updater takes a batch of one shard: it knows the catalog as it is at the batch's start. */
  updaterBatch(shard: Shard, size: number): void {
    const body = this.body();
    const batch = shard.log.slice(shard.updater, shard.updater + size);
    this.batches += 1;
    for (const entry of batch) {
      if (entry.kind === 'event') this.#track(body, entry);
      else if (entry.kind === 'backfill') this.#addRows(body, entry);
    }
    for (const entry of batch) if (entry.kind === 'barrier') this.#mark(this.marks, entry.id, shard.id);
    shard.updater += batch.length;
  }

  #track(body: CatalogBody, { key, n }: { key: string; n: number }): void {
    const known = this.#known(key);
    const isNew = known.live.size === 0;
    known.live.add(`seen ${n}`);
    for (const { id, live, pending } of body.entries) {
      for (const version of [live, pending]) {
        if (!version) continue;
        known.live.add(`${id}@${version.version} ${n}`);
        // Of a key without a past nothing is missing.
        if (isNew) known.ready.add(`${id}@${version.version}`);
      }
      this.#shardOf(`t${key}`).log.push({ kind: 'transition', key, segmentId: id });
    }
  }

  #addRows(body: CatalogBody, { items, segments }: BackfillRecord): void {
    for (const { key, tracks } of items) {
      const known = this.#known(key);
      for (const { id, pending } of body.entries) {
        if (!pending) continue;
        for (const rows of Object.values(tracks))
          for (const [n] of rows) known.live.add(`${id}@${pending.version} ${n}`);
      }
      for (const { id, version } of segments) known.ready.add(`${id}@${version}`);
      known.ready.add('told');
    }
  }

  #known(key: string): Known {
    const known = this.keys.get(key) ?? { live: new Set<string>(), ready: new Set<string>() };
    this.keys.set(key, known);
    return known;
  }

  #mark(marks: Map<string, Set<string>>, id: string, shardId: string): void {
    marks.set(id, (marks.get(id) ?? new Set()).add(shardId));
  }

  /** The lake-writer takes a batch of one shard. */
  lakeBatch(shard: Shard, size: number): void {
    const batch = shard.log.slice(shard.lake, shard.lake + size);
    for (const entry of batch) {
      if (entry.kind === 'event') this.landed.set(entry.key, (this.landed.get(entry.key) ?? new Set()).add(entry.n));
      if (entry.kind === 'transition') {
        this.entered.set(entry.segmentId, (this.entered.get(entry.segmentId) ?? new Set()).add(entry.key));
      }
      if (entry.kind === 'barrier') this.lakeMarks.add(`barriers/${entry.id}/${shard.id}`);
    }
    shard.lake += batch.length;
  }

  /** Both consumers read everything. */
  drain(): void {
    while (this.shards.some(({ log, updater, lake }) => updater < log.length || lake < log.length)) {
      for (const shard of this.shards) {
        this.updaterBatch(shard, 1000);
        this.lakeBatch(shard, 1000);
      }
    }
  }

  /** One run of the backfill, killed at its nth call to the outside; tells whether it came to its end. */
  async run(killAt = Number.POSITIVE_INFINITY, milliseconds = 10 * 60_000): Promise<'ended' | 'killed'> {
    this.#generation += 1;
    this.#calls = 0;
    this.#killAt = killAt;
    const end = this.now + milliseconds;
    const killed = new Promise<never>((_, reject) => {
      this.#die = reject;
    });
    killed.catch(() => {});
    const run = createSegmentBackfill(this.#props())({}, { getRemainingTimeInMillis: () => end - this.now });
    try {
      await Promise.race([run, killed]);
      return 'ended';
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  }

  get calls(): number {
    return this.#calls;
  }

  #props(): SegmentBackfillProps {
    const generation = this.#generation;
    /** A call to the outside: killed before it, or after it has taken effect and before its answer. */
    const call = async <T>(act: () => T | Promise<T>): Promise<T> => {
      const isAlive = () => generation === this.#generation && this.#calls < this.#killAt;
      if (!isAlive()) return await never();
      this.#calls += 1;
      this.onTurn();
      const answer = await act();
      this.#calls += 1;
      if (isAlive()) return answer;
      this.#die(new Killed());
      return await never();
    };
    const through = <P extends readonly unknown[], R>(method: (...args: P) => Promise<R>) => {
      return (...args: P): Promise<R> => call(() => method(...args));
    };
    const { catalog, jobs } = this;
    return {
      catalog: {
        readHead: through(catalog.readHead),
        readRevision: through(catalog.readRevision),
        readBody: through(catalog.readBody),
        read: through(catalog.read.bind(catalog)),
        save: through((after: CatalogHead, body: CatalogBody) => catalog.save(after, body)),
        prune: through(async () => {}),
      },
      jobs: { read: through(jobs.read), write: through(jobs.write.bind(jobs)) },
      barriers: { passedShards: through(async (id) => this.marks.get(id) ?? new Set<string>()) },
      putBarrier: through(async (id) => {
        for (const { log } of this.shards) log.push({ kind: 'barrier', id });
        return this.shards.map((shard) => shard.id);
      }),
      stream: {
        publish: through(async (records) => {
          for (const record of records) {
            if (record.kind !== 'backfill') throw new Error(`A backfill put ${record.kind} on the stream.`);
            for (const item of record.items) this.#shardOf(item.key).log.push({ ...record, items: [item] });
          }
        }),
      },
      objects: {
        readPart: through(async (_, key, start, length) => {
          const file = this.files.get(key);
          if (file === undefined) throw new ServiceError('NoSuchKey', 404, 'It is gone.');
          return { bytes: file.subarray(start, start + length), size: file.length };
        }),
        listKeys: through(async (_, prefix) => [...this.lakeMarks].filter((key) => key.startsWith(prefix))),
      },
      athena: {
        start: through(async ({ sql, token = '' }) => {
          const known = this.queries.get(token);
          if (known && known.sql !== sql) throw new Error('Idempotent parameters do not match');
          const query = known ?? { id: `query-${this.queries.size}`, sql };
          this.queries.set(token, query);
          return query.id;
        }),
        look: through(async (id) => {
          const query = [...this.queries.values()].find((each) => each.id === id);
          if (query === undefined) return { state: 'unknown' };
          if (this.isSlow) return { state: 'running' };
          if (this.failsQuery(query.sql)) return { state: 'failed', reason: 'said by a test' };
          query.file ??= this.#answer(id, query.sql);
          const output: ResultLocation = { bucket: 'results', key: query.file };
          return { state: 'succeeded', output, cost: { scannedBytes: 0, milliseconds: 0 } };
        }),
      },
      lakeBucket: 'lake',
      database: 'headwater_test',
      workGroup: 'headwater-test',
      clock: () => this.now,
      newId: () => `id-${this.#generation}-${this.#calls}`,
      pause: through(async (milliseconds) => {
        this.now += milliseconds;
      }),
      log: (level, message, { code } = {}) => this.logged.push(`${level} ${code}: ${message}`),
    };
  }

  /** What the lake holds now: all keys with their events as rows of one track, or those that entered a segment. */
  #answer(id: string, sql: string): string {
    const removed = [...sql.matchAll(/segment_id = '([^']+)'/g)].map(([, segmentId = '']) => segmentId);
    const rows = sql.includes('FROM transitions')
      ? [...new Set(removed.flatMap((segmentId) => [...(this.entered.get(segmentId) ?? [])]))].map((key) => [key, null])
      : Array.from(this.landed, ([key, events]) => [key, JSON.stringify({ t: [...events].map((n) => [n, 'a']) })]);
    this.files.set(`${id}.csv`, Buffer.from(csvOf([['profile_key', 'tracks'], ...rows])));
    return `${id}.csv`;
  }
}

const never = (): Promise<never> => new Promise(() => {});

import type { AthenaState } from '../../../functions/adapters/athena.ts';
import type { HeldStore } from '../../../functions/adapters/lease.ts';
import { createReplayJobs, type ReplayWork } from '../../../functions/adapters/replay-jobs.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import { createReplayer, type ReplayerProps } from '../../../functions/replayer/replayer.ts';
import { csvOf } from '../../../infra/local/services/athena/result-file.ts';
import type { ReplayAnswer, ReplayRequest, ReplayView } from '../../../schemas/replay.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { compileCatalog } from '../../../shared/segments/compile-catalog.ts';
import { aKinesisEvent } from '../../fixtures/profiles.ts';
import { MemoryTable } from '../adapters/memory-table.ts';
import { World } from '../profile-updater/world.ts';
import { LakeInMemory } from './a-lake-in-memory.ts';

/** A run was killed: nothing it does from now on happens. */
class Killed extends Error {}

/** What live systems do between two calls of a replay. */
export type Turn = () => void | Promise<void>;

/**
 * The stream, the profile-updaters and the profiles of `World`, with a lake-writer, an Athena and a mapping that can be
 * paused: what a replay stands in the middle of, in memory and in steps.
 */
export class ReplayWorld {
  readonly live: World;
  readonly lake = new LakeInMemory();
  readonly table = new MemoryTable();
  readonly jobs: HeldStore<ReplayWork> = createReplayJobs(this.table.client, 'segments');
  readonly files = new Map<string, Uint8Array>();
  /** Batches that a consumer gave up, by the key of their object. */
  readonly setAside = new Map<string, Buffer>();
  readonly queries = new Map<string, { id: string; sql: string }>();
  readonly logged: string[] = [];
  /** Whether records reach the profile-updaters. */
  isEnabled = true;
  /** Whether the lake-writer stands still. */
  isLakeStuck = false;
  /** How often live updates stopped. */
  pauses = 0;
  /** Called before each call of the replay to the outside. */
  onTurn: Turn = () => undefined;
  /** Called when a query has read the lake. */
  onAnswer: (sql: string) => void | Promise<void> = () => undefined;
  /** Answers that a query fails. */
  failsQuery: (sql: string) => boolean = () => false;
  /** Bytes of results for each bucket. */
  bucketBytes = 1_500;
  /** How far the clock of the replay is ahead of that of the stream, milliseconds. */
  skew = 0;
  /** Milliseconds that runs have waited. */
  waited = 0;
  readonly #landed: number[];
  #generation = 0;
  #calls = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #die: (error: Killed) => void = () => undefined;
  #made = 0;

  constructor(catalog?: CatalogBody) {
    this.live = new World(catalog);
    this.#landed = this.live.shards.map(() => 0);
  }

  /** The lake-writer takes a batch of a shard. */
  land(shard: number, size = 1_000): void {
    if (this.isLakeStuck) return;
    const from = this.#landed[shard] as number;
    const batch = (this.live.shards[shard] ?? []).slice(from, from + size);
    this.lake.land(batch);
    this.#landed[shard] = from + batch.length;
  }

  /** A profile-updater takes a batch of a shard, unless they are paused. */
  async step(shard: number, size?: number): Promise<void> {
    if (this.isEnabled) await this.live.step(shard, size);
  }

  /** The profile-updater of a shard dies at its next batch after so many effects, if it has as many. */
  async dieHalfway(shard: number, size: number, effects: number): Promise<void> {
    if (effects === 0) return;
    this.live.dieAfter = this.live.effects + effects;
    await this.live.step(shard, size);
    this.live.dieAfter = Number.POSITIVE_INFINITY;
  }

  /** A consumer gives up its next batch of a shard: Lambda sets it aside. */
  giveUp(consumer: 'updates' | 'landing', shard: number, size: number): void {
    const from = this.#landed[shard] as number;
    const batch =
      consumer === 'updates' ? this.live.giveUp(shard, size) : (this.live.shards[shard] ?? []).slice(from, from + size);
    if (consumer === 'landing') this.#landed[shard] = from + batch.length;
    if (batch.length === 0) return;
    const { shardId, sequenceNumber } = batch[0] as ReceivedRecord;
    const object = { version: '1.0', payload: JSON.stringify(aKinesisEvent(batch)) };
    this.setAside.set(`aws/lambda/${consumer}/${shardId}/${sequenceNumber}`, Buffer.from(JSON.stringify(object)));
  }

  /** Everything is taken in by everybody. */
  async drain(): Promise<void> {
    if (!this.isEnabled) throw new Error('The profile-updaters are paused.');
    await this.live.drain();
    for (const shard of this.live.shards.keys()) this.land(shard);
  }

  /** Asks for a replay and lets it run to its end. */
  async replay(request: ReplayRequest): Promise<ReplayView> {
    await this.start(request);
    for (let runs = 0; runs < 50; runs += 1) {
      const { answer } = await this.run();
      if (answer?.replay !== undefined && answer.replay.state !== 'running') return answer.replay;
    }
    throw new Error('The replay comes to no end.');
  }

  async start(request: ReplayRequest): Promise<ReplayAnswer> {
    this.#generation += 1;
    this.#killAt = Number.POSITIVE_INFINITY;
    return await createReplayer(this.#props())({ start: request }, { getRemainingTimeInMillis: () => 900_000 });
  }

  /** One run, killed at its nth call to the outside. */
  async run(killAt = Number.POSITIVE_INFINITY): Promise<{ answer: ReplayAnswer | undefined; calls: number }> {
    this.#generation += 1;
    this.#calls = 0;
    this.#killAt = killAt;
    // Of a run that was killed the lease is over, and no command calls.
    this.waited += 40_000;
    const killed = new Promise<never>((_, reject) => {
      this.#die = reject;
    });
    killed.catch(() => undefined);
    const run = createReplayer(this.#props())({}, { getRemainingTimeInMillis: () => 900_000 });
    try {
      return { answer: await Promise.race([run, killed]), calls: this.#calls };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return { answer: undefined, calls: this.#calls };
    }
  }

  /** What nobody hurries: consumers read on. */
  async #letBe(): Promise<void> {
    for (const shard of this.live.shards.keys()) {
      await this.step(shard, 3);
      this.land(shard, 3);
    }
  }

  #props(): ReplayerProps {
    const generation = this.#generation;
    /** A call to the outside: killed before it, or after it has taken effect and before its answer. */
    const call = async <T>(act: () => T | Promise<T>): Promise<T> => {
      const isAlive = () => generation === this.#generation && this.#calls < this.#killAt;
      if (!isAlive()) {
        if (generation === this.#generation) this.#die(new Killed());
        return await never();
      }
      this.#calls += 1;
      await this.onTurn();
      const answer = await act();
      this.#calls += 1;
      if (isAlive()) return answer;
      this.#die(new Killed());
      return await never();
    };
    const through = <P extends readonly unknown[], R>(method: (...args: P) => Promise<R>) => {
      return (...args: P): Promise<R> => call(() => method(...args));
    };
    const { live, lake, jobs } = this;
    const shardIds = live.shards.map((_, shard) => `shardId-00000000000${shard}`);
    return {
      jobs: { read: through(jobs.read), write: through(jobs.write.bind(jobs)) },
      store: {
        read: through((ids) => live.store.read(ids)),
        write: through((item) => live.store.write(item)),
        writeAndRemove: through((item, others) => live.store.writeAndRemove(item, others)),
        readPages: through((key, numbers) => live.store.readPages(key, numbers)),
        writePage: through((page) => live.store.writePage(page)),
      },
      register: { read: through(async () => live.register) },
      stream: { publish: through(async (records) => live.publish(...records)) },
      putRecords: through(async (records) => {
        for (const { partitionKey, data } of records) live.put(partitionKey, data);
      }),
      barriers: {
        passedShards: through(async (id) => new Set(shardIds.filter((_, n) => live.marks.includes(`${id} ${n}`)))),
      },
      putBarrier: through(async (id) => {
        live.putBarrier(id);
        return shardIds;
      }),
      athena: {
        start: through(async ({ sql, token = '' }) => {
          const known = this.queries.get(token) ?? { id: `query-${this.queries.size}`, sql };
          if (known.sql !== sql) throw new Error('Idempotent parameters do not match');
          this.queries.set(token, known);
          return known.id;
        }),
        look: through(async (id): Promise<AthenaState> => {
          const { sql } = [...this.queries.values()].find((query) => query.id === id) ?? {};
          if (sql === undefined) return { state: 'unknown' };
          if (this.failsQuery(sql)) return { state: 'failed', reason: 'said by a test' };
          const key = `${id}.csv`;
          if (!this.files.has(key)) {
            this.files.set(key, Buffer.from(csvOf(lake.answer(sql))));
            await this.onAnswer(sql);
          }
          return {
            state: 'succeeded',
            output: { bucket: 'results', key },
            cost: { scannedBytes: 0, milliseconds: 0 },
          };
        }),
      },
      objects: {
        readPart: through(async (_, key, start, length) => {
          const file = this.files.get(key);
          if (file === undefined) throw new ServiceError('NoSuchKey', 404, 'It is gone.');
          return { bytes: Buffer.from(file.subarray(start, start + length)), size: file.length };
        }),
        listKeys: through(async (_, prefix, most = 1_000) =>
          [...lake.keys, ...this.files.keys()]
            .filter((key) => key.startsWith(prefix))
            .sort()
            .slice(0, most),
        ),
      },
      removeFiles: through(async (keys) => {
        for (const key of keys) this.files.delete(key);
      }),
      put: through(async (key, body) => void this.files.set(key, body)),
      readCatalog: through(async () => compileCatalog(live.catalog.entries)),
      updates: {
        state: through(async () => (this.isEnabled ? 'Enabled' : 'Disabled')),
        enable: through(async (isEnabled) => {
          if (this.isEnabled && !isEnabled) this.pauses += 1;
          this.isEnabled = isEnabled;
        }),
      },
      setAside: {
        list: through(async (prefix) =>
          [...this.setAside.keys()]
            .filter((key) => key.startsWith(prefix))
            .sort()
            .map((key) => ({ key, size: 1, etag: '' })),
        ),
        read: through(async (key) => this.setAside.get(key)),
        remove: through(async (keys) => {
          for (const key of keys) this.setAside.delete(key);
        }),
      },
      updatesMapping: 'updates',
      landingMapping: 'landing',
      identity: { externalTraits: ['email'], blockedIds: [] },
      lakeBucket: 'lake',
      database: 'headwater_test',
      workGroup: 'headwater-test',
      bucketBytes: this.bucketBytes,
      clock: () => live.now + this.waited + this.skew,
      newId: () => `id-${this.#made++}`,
      newToken: () => `replay-${this.#made++}`,
      pause: async (milliseconds) => {
        this.waited += milliseconds;
        await this.#letBe();
      },
      log: (level, message, { code } = {}) => this.logged.push(`${level} ${code}: ${message}`),
    };
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

import type { StateObject, Stored } from '../../../functions/adapters/state-object.ts';
import { createSealer, type SealerProps } from '../../../functions/sealer/sealer.ts';
import { landedTables } from '../../../schemas/lake/tables.ts';
import type { SealingState } from '../../../shared/lake/sealing/sealing-state.ts';
import type { ALake } from '../../fixtures/a-lake.ts';
import { lakeFilesOnDisk } from '../../fixtures/lake-files-on-disk.ts';

/** Thrown in the place of an effect: the function was killed before or after it. */
export class Killed extends Error {}

const LIFE_MS = 900_000;

/** A sealer over a test lake, on a clock that the test moves, on a stream of one shard. */
export class ASealer {
  readonly lake: ALake;
  readonly files;
  now: number;
  /** Writes and deletions so far, over all runs. */
  effects = 0;
  /** Called after each effect with what it did, and may throw. */
  afterEffect: (what: string) => Promise<void> = async () => undefined;
  /** Whether the lake-writer passes each barrier at once. */
  passesBarriers = true;
  readonly barriers: string[] = [];
  readonly logged: Record<string, unknown>[] = [];
  held: Stored<SealingState> | undefined;
  #versions = 0;
  #runs = 0;

  constructor(lake: ALake, now: number) {
    this.lake = lake;
    this.files = lakeFilesOnDisk(lake.folder);
    this.now = now;
  }

  /** One invocation. Throws what it throws. */
  async run(over: Partial<SealerProps> = {}): Promise<void> {
    const effect = async <T>(what: string, work: Promise<T>): Promise<T> => {
      const done = await work;
      this.effects += 1;
      await this.afterEffect(what);
      return done;
    };
    const { list, folders, read, write, remove } = this.files;
    const handler = createSealer({
      files: {
        list,
        folders,
        read,
        write: (key, body) => effect(`write ${key}`, write(key, body)),
        remove: (keys) => effect(`remove ${keys.join()}`, remove(keys)),
      },
      states: this.states(effect),
      putBarrier: async (id) => {
        this.barriers.push(id);
        if (this.passesBarriers) await this.pass(id);
        return ['shard-0'];
      },
      tables: landedTables,
      limits: { partBytes: 4_000, groupRows: 3, windowBytes: 20_000 },
      graceMs: 24 * 3_600_000,
      clock: () => this.now,
      newId: () => `run-${this.#runs++}`,
      log: (level, message, fields) => void this.logged.push({ level, message, ...fields }),
      ...over,
    });
    await handler({}, { getRemainingTimeInMillis: () => LIFE_MS });
  }

  /** Runs as the schedule does, until a run has nothing left to do. */
  async runAll(): Promise<void> {
    for (let run = 0; run < 3; run += 1) {
      await this.run();
      this.now += LIFE_MS + 60_000;
    }
  }

  pass(id: string): Promise<void> {
    return this.files.write(`barriers/${id}/shard-0`, Buffer.from('passed\n'));
  }

  states(effect: <T>(what: string, work: Promise<T>) => Promise<T>): StateObject<SealingState> {
    return {
      read: async () => this.held,
      write: (state, over) =>
        effect(
          `state ${JSON.stringify([state.progress, state.barriers.length, state.leaseUntil > 0])}`,
          (async () => {
            if (over !== this.held?.etag) return undefined;
            this.held = { state: JSON.parse(JSON.stringify(state)), etag: String(++this.#versions) };
            return this.held.etag;
          })(),
        ),
    };
  }
}

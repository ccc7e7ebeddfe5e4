import type { ImportMap } from '../../schemas/import/map.ts';
import { MapError } from '../../schemas/import/read-map.ts';
import type { ImportProblem } from '../../schemas/import/state.ts';
import { GroupIds, TooManyGroupsError } from '../../shared/import/group-ids.ts';
import { PartBuilder, type PartContext, type PartLimits } from '../../shared/import/part.ts';
import { barrierKey, landedShards } from '../../shared/lake/object-key.ts';
import { type Barrier, isPassed } from '../../shared/stream/barrier.ts';
import type { PutBarrier } from '../adapters/barrier-records.ts';
import type { Barriers } from '../adapters/barriers.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { Lease } from '../adapters/lease.ts';
import { bringIn, type Outside } from './bring-in.ts';
import { idsFileOf, importsOf } from './import-keys.ts';
import { countPart, type ImportState } from './import-state.ts';
import { type FileToOpen, type OpenFile, openFile } from './open-file.ts';
import { FileProblem } from './read-source.ts';

/** What an import reaches. */
export interface Reach extends Pick<Outside, 'store'> {
  readonly files: Pick<LakeFiles, 'list' | 'read' | 'write'>;
  readonly putBarrier: PutBarrier;
  readonly barriers: Pick<Barriers, 'passedShards'>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Events behind each barrier for each shard: about what profile-updater works off in a few seconds. */
export const WINDOW_EVENTS = 4_000;
/** Windows that may be under way, so that other events never wait for more. */
const WINDOWS = 2;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
const FILES_AT_ONCE = 8;

/** Brings in one file under its lease, part by part, from wherever an earlier run came to. */
export class ImportRun {
  readonly #reach: Reach;
  readonly #lease: Lease<ImportState>;
  readonly #tell: () => Promise<void>;
  readonly #limits: Partial<PartLimits>;

  /** `tell` shows others how far the import is. */
  constructor(reach: Reach, lease: Lease<ImportState>, tell: () => Promise<void>, limits: Partial<PartLimits> = {}) {
    this.#reach = reach;
    this.#lease = lease;
    this.#tell = tell;
    this.#limits = limits;
  }

  /**
   * Works until the import is done or failed, or until `end`; answers whether it came to its own end. Throws
   * `LeaseLostError` and what its services throw: then the next run goes on from the last part that was stored.
   */
  async until(end: number, file: FileToOpen, map: ImportMap): Promise<boolean> {
    try {
      if (this.#lease.work.step === 'lines' && !(await this.#lines(end, file, map))) return false;
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      await this.#finish({ step: 'failed', problem });
      return true;
    }
    return await this.#settle(end);
  }

  async #lines(end: number, file: FileToOpen, map: ImportMap): Promise<boolean> {
    const { next, columns } = this.#lease.work;
    const opened = await openFile(file, map, next, columns);
    try {
      const context = await this.#lease.during(() => this.#contextOf(opened));
      return await this.#parts(end, opened, context);
    } finally {
      await opened.lines.return(undefined);
    }
  }

  async #parts(end: number, opened: OpenFile, context: PartContext): Promise<boolean> {
    const begin = (offset: number) => {
      const now = this.#reach.clock();
      const start = { ...this.#lease.work.next, offset };
      return { now, builder: new PartBuilder(context, start, now, this.#limits) };
    };
    let open = begin(opened.offset);
    for await (const line of opened.lines) {
      if (open.builder.add(line)) continue;
      await this.#bringIn(open.builder, open.now, opened);
      if (!(await this.#waitForRoom(end))) return false;
      open = begin(this.#lease.work.next.offset);
      if (!open.builder.add(line)) throw new Error('A part without lines is full: its limits are below one.');
    }
    await this.#bringIn(open.builder, open.now, opened);
    const windows = [await this.#barrier('last')];
    await this.#save({ step: 'settling', sinceBarrier: 0, windows });
    return true;
  }

  async #bringIn(builder: PartBuilder, receivedAt: number, { source, columns }: OpenFile): Promise<void> {
    const { store, files } = this.#reach;
    const part = builder.close();
    const state = { ...this.#lease.work, columns };
    await this.#lease.during(() => bringIn(part, state, receivedAt, { store, write: files.write }));
    await this.#save({
      columns,
      next: part.next,
      parts: state.parts + 1,
      read: source.read,
      counts: countPart(state.counts, part),
      sinceBarrier: state.sinceBarrier + part.events.length,
    });
    await this.#tell();
  }

  /** Ids of the groups that earlier imports of the name brought, and of those that this one has brought so far. */
  async #contextOf({ plan }: OpenFile): Promise<PartContext> {
    const { id, name, startedAt, parts } = this.#lease.work;
    const context = {
      name,
      importId: id,
      importedAt: Date.parse(startedAt),
      plan,
      earlier: new GroupIds(),
      own: new GroupIds(),
    };
    if (plan.target === 'spend') return context;
    const { files } = this.#reach;
    const listed = (await files.list(importsOf(name))).flatMap(({ key }) => {
      const found = idsFileOf(key, name);
      // A part that was not stored as done is done again, and its ids are not yet known.
      return found === undefined || (found.id === id && found.part >= parts) ? [] : [{ key, isOwn: found.id === id }];
    });
    for (let at = 0; at < listed.length; at += FILES_AT_ONCE) {
      await Promise.all(
        listed.slice(at, at + FILES_AT_ONCE).map(async ({ key, isOwn }) => {
          const file = await files.read(key);
          if (file !== undefined) (isOwn ? context.own : context.earlier).addAll(file);
        }),
      );
    }
    return context;
  }

  /** Lets consumers catch up, so that what others send does not wait behind a whole file. */
  async #waitForRoom(end: number): Promise<boolean> {
    const { windows, sinceBarrier, parts } = this.#lease.work;
    const shards = windows.at(-1)?.shards.length ?? 1;
    if (sinceBarrier >= WINDOW_EVENTS * shards) {
      const barrier = await this.#barrier(String(parts));
      await this.#save({ windows: [...windows, barrier], sinceBarrier: 0 });
    }
    for (let pauseMs = FIRST_PAUSE_MS; this.#lease.work.windows.length >= WINDOWS; ) {
      const [oldest, ...younger] = this.#lease.work.windows as [Barrier, ...Barrier[]];
      if (await this.#isUpdated(oldest)) await this.#save({ windows: younger });
      else if (this.#reach.clock() >= end) return false;
      else pauseMs = await this.#pause(pauseMs);
    }
    return this.#reach.clock() < end;
  }

  /** Until every event is in its profile, and in the lake. */
  async #settle(end: number): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; this.#lease.work.step === 'settling'; ) {
      const [last] = this.#lease.work.windows;
      if (last === undefined || ((await this.#isUpdated(last)) && (await this.#hasLanded(last)))) {
        await this.#finish({ step: 'done' });
      } else if (this.#reach.clock() >= end) return false;
      else pauseMs = await this.#pause(pauseMs);
    }
    return true;
  }

  async #finish(change: { step: 'done' } | { step: 'failed'; problem: ImportProblem }): Promise<void> {
    const endedAt = new Date(this.#reach.clock()).toISOString();
    await this.#lease.release((state) => ({ ...state, ...change, endedAt, windows: [] }));
  }

  async #save(change: Partial<ImportState>): Promise<void> {
    await this.#lease.change((state) => ({ ...state, ...change }));
  }

  async #barrier(name: string): Promise<Barrier> {
    const id = `${this.#lease.work.id}-${name}`;
    return { id, shards: await this.#lease.during(() => this.#reach.putBarrier(id)) };
  }

  async #isUpdated(barrier: Barrier): Promise<boolean> {
    return isPassed(barrier, await this.#reach.barriers.passedShards(barrier.id));
  }

  async #hasLanded(barrier: Barrier): Promise<boolean> {
    const marks = await this.#reach.files.list(barrierKey(barrier.id, ''));
    const keys = marks.map(({ key }) => key);
    return isPassed(barrier, landedShards(barrier.id, keys));
  }

  async #pause(pauseMs: number): Promise<number> {
    await this.#lease.renew();
    await this.#reach.pause(pauseMs);
    return Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

/** What only another file or map can mend. */
function problemOf(error: unknown): ImportProblem | undefined {
  if (error instanceof MapError) return { code: 'map_invalid', message: error.message };
  if (error instanceof FileProblem || error instanceof TooManyGroupsError) {
    return { code: 'file_unusable', message: error.message };
  }
  return undefined;
}

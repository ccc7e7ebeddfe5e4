import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Held } from '../../../functions/adapters/lease.ts';
import { createHeldObject } from '../../../functions/adapters/state-object.ts';
import type { ProfileSnapshotProps, SnapshotAnswer } from '../../../functions/profile-snapshot/profile-snapshot.ts';
import { createProfileSnapshot } from '../../../functions/profile-snapshot/profile-snapshot.ts';
import type { SnapshotWork } from '../../../functions/profile-snapshot/snapshot-state.ts';
import type { ALake } from '../../fixtures/a-lake.ts';
import type { World } from '../profile-updater/world.ts';

/** The sandbox was killed: nothing after it takes effect. */
export class Killed extends Error {}

/** What the schedule sends. */
export const beat = { source: 'aws.scheduler' };

/** The snapshot function over the profiles of a world, a lake, and state in memory; killed after an effect where a test says so. */
export class ASnapshot {
  readonly world: World;
  readonly lake: ALake;
  /** Milliseconds since 1970. */
  now: number;
  effects = 0;
  dieAfter = Number.POSITIVE_INFINITY;
  /** Called before each page of the table. */
  onScan: () => unknown = () => undefined;
  readonly logged: Record<string, unknown>[] = [];
  state: { text: string; etag: string } | undefined;
  readonly files = new Set<string>();
  readonly #over: Partial<ProfileSnapshotProps>;
  #generation = 0;

  constructor(world: World, lake: ALake, over: Partial<ProfileSnapshotProps> = {}) {
    this.world = world;
    this.lake = lake;
    this.now = world.now;
    this.#over = over;
  }

  /** A sandbox, whose answers a caller awaits. `remainingMs` is what Lambda gives it. */
  sandbox(): (event?: unknown, remainingMs?: number) => Promise<SnapshotAnswer> {
    this.#generation += 1;
    const generation = this.#generation;
    const effect = async <T>(bringAbout: () => Promise<T> | T): Promise<T> => {
      if (this.#isDead(generation)) throw new Killed();
      const result = await bringAbout();
      this.effects += 1;
      if (this.effects === this.dieAfter) {
        this.#dead.add(generation);
        throw new Killed();
      }
      return result;
    };
    const handler = createProfileSnapshot({
      scan: async ({ segment, of }, after) => {
        await this.onScan();
        if (this.#isDead(generation)) throw new Killed();
        return this.#page(segment, of, after?.id?.S);
      },
      store: this.world.store,
      files: {
        write: (key, body) =>
          effect(async () => {
            this.files.add(key);
            await this.lake.put(key, body);
          }),
        remove: (keys) =>
          effect(async () => {
            for (const key of keys) {
              this.files.delete(key);
              await rm(join(this.lake.folder, key), { force: true });
            }
          }),
      },
      state: createHeldObject<SnapshotWork>({
        read: async () =>
          this.state && { state: JSON.parse(this.state.text) as Held & SnapshotWork, etag: this.state.etag },
        write: (state, over) =>
          effect(() => {
            if (this.state?.etag !== over) return undefined;
            this.state = { text: JSON.stringify(state), etag: `${Number(this.state?.etag ?? 0) + 1}` };
            return this.state.etag;
          }),
      }),
      currency: 'USD',
      peopleAFile: 2,
      everyMinutes: 1440,
      clock: () => this.now,
      pause: async (ms) => {
        this.now += ms;
      },
      newId: () => `run-${generation}`,
      log: (level, message, fields) => void this.logged.push({ level, message, ...fields }),
      ...this.#over,
    });
    return (event = {}, remainingMs = 900_000) => {
      const started = this.now;
      return handler(event, { getRemainingTimeInMillis: () => remainingMs - (this.now - started) });
    };
  }

  /** One call of a new sandbox. */
  run = (event?: unknown, remainingMs?: number): Promise<SnapshotAnswer> => this.sandbox()(event, remainingMs);

  /** Rows of the view `profiles`. */
  rows = (): Promise<Record<string, string | null>[]> =>
    this.lake.objects('SELECT * FROM profiles ORDER BY person_key');

  readonly #dead = new Set<number>();
  #isDead = (generation: number): boolean => this.#dead.has(generation);

  /** Two items of a segment, as DynamoDB pages them. */
  #page(segment: number, of: number, after: string | undefined) {
    const items = [...this.world.store.items.values()]
      .filter(({ id }) => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % of === segment)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .filter(({ id }) => after === undefined || id > after);
    const profiles = items.slice(0, 2);
    const last = profiles.at(-1);
    return { profiles, ...(items.length > 2 && last && { after: { id: { S: last.id } } }) };
  }
}

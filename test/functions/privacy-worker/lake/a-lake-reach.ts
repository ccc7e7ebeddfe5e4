import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectVersion, ObjectVersions } from '../../../../functions/adapters/object-versions.ts';
import type { StateObject, Stored } from '../../../../functions/adapters/state-object.ts';
import type { VersionedFiles } from '../../../../functions/adapters/versioned-files.ts';
import type { LakeReach } from '../../../../functions/privacy-worker/lake/types.ts';
import { lakeTables, landedTables } from '../../../../schemas/lake/tables.ts';
import { readParquet } from '../../../../shared/lake/parquet/read-parquet.ts';
import type { SealingState } from '../../../../shared/lake/sealing/sealing-state.ts';
import type { ALake } from '../../../fixtures/a-lake.ts';
import { lakeFilesOnDisk } from '../../../fixtures/lake-files-on-disk.ts';

/** Thrown in the place of an effect: the function was killed before or after it. */
export class Killed extends Error {}

interface OldVersion extends ObjectVersion {
  readonly body: Buffer;
}

/** A lake's bucket on disk that keeps what is overwritten and deleted, an Athena over it, and a clock that tests move. */
export class ALakeReach implements LakeReach {
  readonly lake: ALake;
  now: number;
  /** Writes and deletions so far. */
  effects = 0;
  /** Numbers of the effects before or after which the function is killed. */
  readonly killsBefore = new Set<number>();
  readonly killsAfter = new Set<number>();
  /** From a kill on nothing takes effect, until the next run. */
  isKilled = false;
  /** Called after each effect with what it did. */
  afterEffect: (what: string) => Promise<void> = async () => undefined;
  held: Stored<SealingState> | undefined;
  old: OldVersion[] = [];
  /** By key, since when what was written stands for what was there, in milliseconds since 1970. */
  readonly stands = new Map<string, number | undefined>();
  readonly queries: string[] = [];
  readonly logged: Record<string, unknown>[] = [];
  inUse = false;
  /** Queries that fail before one succeeds. */
  failingQueries = 0;
  readonly #failed = new Set<string>();
  readonly database = 'headwater_test';
  readonly workGroup = 'headwater-test';
  readonly identity = { externalTraits: ['email', 'phone'], blockedIds: [] };
  readonly tables = landedTables;
  readonly allTables = lakeTables;
  readonly #disk;
  readonly #results = new Map<string, Buffer>();
  #number = 0;

  /** Without Athena a search names all files of its tables and days: more than it must, and quickly. */
  readonly #asksAthena: boolean;

  constructor(lake: ALake, now: number, { asksAthena = true } = {}) {
    this.lake = lake;
    this.now = now;
    this.#asksAthena = asksAthena;
    this.#disk = lakeFilesOnDisk(lake.folder);
  }

  readonly clock = () => this.now;
  readonly newId = () => `id-${this.#number++}`;
  readonly log: LakeReach['log'] = (level, message, fields = {}) =>
    void this.logged.push({ level, message, ...fields });
  readonly isInUse = async () => this.inUse;

  get files(): LakeReach['files'] {
    const { list, folders, read, write, remove } = this.#disk;
    return {
      list,
      folders,
      read,
      write: (key, body) =>
        this.#effect(`write ${key}`, async () => {
          await this.#keep(key);
          await write(key, body);
        }),
      remove: async (keys) => {
        for (const key of keys) {
          await this.#effect(`remove ${key}`, async () => {
            await this.#keep(key);
            await remove([key]);
          });
        }
      },
    };
  }

  get versioned(): VersionedFiles {
    const read = async (key: string) => {
      const body = await this.#disk.read(key);
      return body && { body, etag: etagOf(body), since: this.stands.get(key) ?? 1_000 };
    };
    return {
      read,
      readPart: async () => Promise.reject(new Error('Nobody reads parts of files here.')),
      writeOver: (key, before, body, { since } = {}) =>
        this.#effect(`write ${key}`, async () => {
          if ((await read(key))?.etag !== before) return undefined;
          await this.#keep(key);
          await this.#disk.write(key, body);
          this.stands.set(key, since);
          return etagOf(body);
        }),
      remove: (key, etag) =>
        this.#effect(`remove ${key}`, async () => {
          if ((await read(key))?.etag !== etag) return;
          await this.#keep(key);
          await this.#disk.remove([key]);
        }),
    };
  }

  get versions(): ObjectVersions {
    return {
      list: async (prefix) => ({ versions: this.old.filter(({ key }) => key.startsWith(prefix)) }),
      remove: (gone) =>
        this.#effect(`remove ${gone.length} versions`, async () => {
          const ids = new Set(gone.map(({ versionId }) => versionId));
          this.old = this.old.filter(({ versionId }) => !ids.has(versionId));
        }),
    };
  }

  get results(): LakeReach['results'] {
    return {
      files: {
        list: async () =>
          [...this.#results].map(([key, body]) => ({ key, size: body.length, etag: etagOf(body), modifiedAt: 0 })),
        remove: async (keys) => {
          for (const key of keys) this.#results.delete(key);
        },
      },
      versions: { list: async () => ({ versions: [] }), remove: async () => undefined },
    };
  }

  get sealing(): StateObject<SealingState> {
    return {
      read: async () => this.held,
      write: (state, over) =>
        this.#effect('state', async () => {
          if (over !== this.held?.etag) return undefined;
          this.held = { state: JSON.parse(JSON.stringify(state)), etag: String(this.#number++) };
          return this.held.etag;
        }),
    };
  }

  readonly athena: LakeReach['athena'] = {
    start: async ({ sql, token }) => {
      const key = `${token}.csv`;
      if (this.failingQueries > 0 && !this.#failed.has(key)) {
        this.failingQueries -= 1;
        this.#failed.add(key);
      }
      if (!this.#results.has(key) && !this.#failed.has(key)) {
        this.queries.push(sql);
        const rows = this.#asksAthena ? await this.lake.rows(sql) : await this.#allPaths(sql);
        const cells = rows.map((row) =>
          row.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(','),
        );
        this.#results.set(key, Buffer.from(['"header"', ...cells].map((line) => `${line}\n`).join('')));
      }
      return key;
    },
    look: async (key) =>
      this.#failed.has(key)
        ? { state: 'failed', reason: 'HIVE_CANNOT_OPEN_SPLIT' }
        : { state: 'succeeded', output: { bucket: 'results', key }, cost: { scannedBytes: 0, milliseconds: 0 } },
  };

  readonly objects: LakeReach['objects'] = {
    readPart: async (_bucket, key, start, length) => {
      const body = this.#results.get(key) ?? Buffer.alloc(0);
      return { bytes: body.subarray(start, start + length), size: body.length };
    },
  };

  /** The names of results that are left. */
  get resultNames(): string[] {
    return [...this.#results.keys()];
  }

  /** All that the bucket holds, and holds of the past, as text: files by key, Parquet with its values. */
  async texts(): Promise<Map<string, string>> {
    const entries = await readdir(this.lake.folder, { recursive: true, withFileTypes: true });
    const texts = new Map<string, string>();
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      const key = path.relative(this.lake.folder, file);
      texts.set(key, await textOf(key, await readFile(file)));
    }
    for (const { key, versionId, body } of this.old) texts.set(`${key} ${versionId}`, await textOf(key, body));
    return texts;
  }

  async #allPaths(sql: string): Promise<string[][]> {
    const paths: string[][] = [];
    for (const [, table, from = '', to = ''] of sql.matchAll(/FROM (\w+) WHERE day >= '(.+?)' AND day <= '(.+?)'/g)) {
      for (const { key } of await this.#disk.list(`${table}/`)) {
        const day = /day=([^/]+)/.exec(key)?.[1] ?? '';
        if (day >= from && day <= to) paths.push([`s3://lake/${key}`]);
      }
    }
    return paths;
  }

  async #keep(key: string): Promise<void> {
    const body = await this.#disk.read(key);
    if (body === undefined) return;
    const versionId = `v-${this.#number++}`;
    this.old.push({ key, versionId, isLatest: false, isDeleteMarker: false, modifiedAt: this.now, body });
  }

  async #effect<T>(what: string, work: () => Promise<T>): Promise<T> {
    const number = this.effects;
    if (this.isKilled) throw new Killed();
    this.effects += 1;
    if (this.killsBefore.has(number)) this.#kill();
    const done = await work();
    if (this.killsAfter.has(number)) this.#kill();
    await this.afterEffect(what);
    return done;
  }

  #kill(): never {
    this.isKilled = true;
    throw new Killed();
  }
}

const etagOf = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');

async function textOf(key: string, body: Buffer): Promise<string> {
  const table = lakeTables.find(({ name }) => key.startsWith(`${name}/`));
  if (table === undefined) return body.toString('latin1');
  const values: unknown[] = [];
  for await (const { columns } of readParquet(body, table.columns)) values.push(columns.map((column) => column.values));
  return body.toString('latin1') + JSON.stringify(values);
}

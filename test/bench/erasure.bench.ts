import { createHash, randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LakeFiles } from '../../functions/adapters/lake-files.ts';
import type { Stored } from '../../functions/adapters/state-object.ts';
import { createLakeErasure } from '../../functions/privacy-worker/lake/erasure.ts';
import type { LakePerson, LakeReach } from '../../functions/privacy-worker/lake/types.ts';
import { lakeTables, landedTables } from '../../schemas/lake/tables.ts';
import type { SealingState } from '../../shared/lake/sealing/sealing-state.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { lakeFilesOnDisk } from '../fixtures/lake-files-on-disk.ts';
import { aLargeLake, type LargeLake } from './a-large-lake.ts';
import type { Benchmark, Figure } from './figure.ts';

const EVENTS = 1_000_000;
const TOGETHER = 20;
const DOLLARS_A_TERABYTE = 5;
/** Athena bills no query for less. */
const LEAST_BYTES = 10_000_000;

/** What an erasure took. */
interface Taken {
  rows: number;
  /** Processor time of the worker, without the one of Athena's queries. */
  seconds: number;
  reads: number;
  readBytes: number;
  writes: number;
  writtenBytes: number;
  queries: number;
  dollars: number;
  steps: number;
}

/** People who are taken out of a lake of a million events in sealed days: alone, and together. */
export const erasure: Benchmark = {
  name: 'erasure',
  async run(progress) {
    await using large = await aLargeLake({ events: EVENTS, progress });
    await large.seal();
    const { rows } = await large.query(
      `SELECT user_id, min(anonymous_id) FROM events WHERE user_id IS NOT NULL GROUP BY 1 ORDER BY md5(to_utf8(user_id)) LIMIT ${TOGETHER + 1}`,
    );
    const people = rows.map(([user, device], at): LakePerson => {
      const keys = [`user:${user}`, ...(device ? [`anonymous:${device}`] : [])];
      return { requestId: `request-${at}`, keys, profileIds: keys.map(profileIdOf) };
    });
    const figures: Figure[] = [];
    for (const [what, some] of [
      ['one person', people.slice(0, 1)],
      [`${TOGETHER} people together`, people.slice(1)],
    ] as const) {
      const taken = await eraseFrom(large, some);
      progress(`${what}: ${JSON.stringify(taken)}`);
      figures.push(
        { what: `erasing ${what}: processor time`, value: taken.seconds, unit: 's' },
        { what: '  rows that went', value: taken.rows, unit: '' },
        { what: '  read', value: taken.readBytes / 1e6, unit: 'MB' },
        { what: '  written', value: taken.writtenBytes / 1e6, unit: 'MB' },
        { what: '  Athena', value: taken.dollars, unit: '$' },
      );
    }
    return figures;
  },
};

async function eraseFrom(large: LargeLake, people: readonly LakePerson[]): Promise<Taken> {
  const taken: Taken = {
    rows: 0,
    seconds: 0,
    reads: 0,
    readBytes: 0,
    writes: 0,
    writtenBytes: 0,
    queries: 0,
    dollars: 0,
    steps: 0,
  };
  const lake = createLakeErasure(reachOf(large, taken));
  let state = lake.begin(people, `bench-${people.length}`);
  const before = process.cpuUsage();
  for (; !lake.isDone(state); taken.steps += 1) {
    const next = await lake.next(JSON.parse(JSON.stringify(state)));
    if (next === 'wait') throw new Error(`Nobody else is at work, and yet it waits at ${state.step.name}.`);
    state = next;
  }
  const { user, system } = process.cpuUsage(before);
  taken.seconds += (user + system) / 1e6;
  for (const { requestId } of people) {
    for (const { what, count } of lake.removed(state, requestId)) if (what === 'rows') taken.rows += count;
  }
  return taken;
}

/** A bucket on disk, an Athena that is DuckDB, and what was done with them. */
function reachOf(large: LargeLake, taken: Taken): LakeReach {
  const disk = lakeFilesOnDisk(large.folder);
  const results = new Map<string, Buffer>();
  let held: Stored<SealingState> | undefined;
  const etagOf = (body: Uint8Array) => createHash('md5').update(body).digest('hex');
  const read = async (key: string) => {
    const body = await disk.read(key);
    if (body === undefined) return undefined;
    taken.reads += 1;
    taken.readBytes += body.length;
    return { body, etag: etagOf(body) };
  };
  const files: LakeFiles = { ...disk, list: (prefix) => listed(large.folder, prefix) };
  const written = (body: Uint8Array) => {
    taken.writes += 1;
    taken.writtenBytes += body.length;
  };
  return {
    files: {
      ...files,
      write: async (key, body) => {
        written(body);
        await disk.write(key, body);
      },
    },
    versioned: {
      read,
      readPart: async () => Promise.reject(new Error('Nobody reads parts of files here.')),
      writeOver: async (key, _, body) => {
        written(body);
        await disk.write(key, body);
        return etagOf(body);
      },
      remove: (key) => disk.remove([key]),
    },
    versions: { list: async () => ({ versions: [] }), remove: async () => undefined },
    results: {
      files: { list: async () => [], remove: async () => undefined },
      versions: { list: async () => ({ versions: [] }), remove: async () => undefined },
    },
    sealing: {
      read: async () => held,
      write: async (state) => {
        held = { state, etag: randomUUID() };
        return held.etag;
      },
    },
    athena: {
      start: async ({ sql, token = '' }) => {
        const before = process.cpuUsage();
        const { rows, bytes } = await large.query(sql);
        const { user, system } = process.cpuUsage(before);
        taken.seconds -= (user + system) / 1e6;
        taken.queries += 1;
        taken.dollars += (Math.max(bytes, LEAST_BYTES) / 1e12) * DOLLARS_A_TERABYTE;
        const lines = rows.map((row) => row.map((cell) => `"${cell}"`).join(','));
        results.set(token, Buffer.from(['"path"', ...lines].map((line) => `${line}\n`).join('')));
        return token;
      },
      look: async (key) => {
        return {
          state: 'succeeded',
          output: { bucket: 'results', key },
          cost: { scannedBytes: 0, milliseconds: 0 },
        };
      },
    },
    objects: {
      readPart: async (_, key, start, length) => {
        const body = results.get(key) ?? Buffer.alloc(0);
        return { bytes: body.subarray(start, start + length), size: body.length };
      },
    },
    tables: landedTables,
    allTables: lakeTables,
    database: 'headwater_test',
    workGroup: 'headwater-test',
    isInUse: async () => false,
    identity: { externalTraits: ['email', 'phone'], blockedIds: [] },
    clock: Date.now,
    newId: randomUUID,
    log: () => undefined,
  };
}

/** As S3 lists: without reading. */
async function listed(folder: string, prefix: string) {
  const below = path.dirname(`${prefix}x`);
  const entries = await readdir(path.join(folder, below), { recursive: true, withFileTypes: true }).catch(() => []);
  const found = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const keys = found.map((file) => path.relative(folder, file)).filter((key) => key.startsWith(prefix));
  return await Promise.all(
    keys.sort().map(async (key) => ({ key, etag: '', size: (await stat(path.join(folder, key))).size })),
  );
}

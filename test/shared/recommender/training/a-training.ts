import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Engine } from '../../../../infra/local/services/athena/engine.ts';
import {
  type TrainingTableName,
  trainingItems,
  trainingNeighbours,
  trainingPrefix,
} from '../../../../schemas/lake/training-tables.ts';
import { readNumberLists, readParquet } from '../../../../shared/lake/parquet/read-parquet.ts';
import { unpacked } from '../../../../shared/recommender/training/pack.ts';
import {
  type AnswerRow,
  type Ask,
  beginTraining,
  nextAsk,
  type Trained,
  type TrainingJob,
  type TrainingState,
  trainedOf,
  withAnswer,
} from '../../../../shared/recommender/training/plan.ts';
import { lakeCatalog } from '../../../fixtures/a-lake.ts';

/** A row of a file: who, what, when in seconds since 1970, how much. */
export type Given = readonly [user: string, item: string, second?: number | null, weight?: number];

export interface ATraining extends AsyncDisposable {
  /** Puts rows in the place of those that there were. */
  give(rows: readonly Given[], run?: string): Promise<void>;
  /** Follows the plan to its end. */
  train(job?: Partial<TrainingJob>): Promise<{ trained: Trained; state: TrainingState; asks: Ask[] }>;
  /** Follows it to the histories only. */
  prepare(job?: Partial<TrainingJob>): Promise<void>;
  /** Makes the rows of a query a file of a table of the run. */
  unload(table: TrainingTableName, sql: string): Promise<void>;
  select(sql: string): Promise<AnswerRow[]>;
  /** Scores by item and neighbour, of what was trained. */
  neighbours(): Promise<Map<string, Map<string, number>>>;
}

export const aJob: TrainingJob = {
  run: 'r1',
  source: 'given',
  asOf: Date.UTC(2026, 2, 2),
  budgetMs: 0,
  seed: 1,
  neighbours: 50,
};

/** The local engine over an empty lake, on which a plan can be followed. */
export async function aTraining(): Promise<ATraining> {
  const root = await mkdtemp(path.join(tmpdir(), 'headwater-training-'));
  const lake = path.join(root, 'lake');
  await mkdir(lake, { recursive: true });
  const engine = new Engine({ root, catalog: () => lakeCatalog, memoryLimit: '1GB' });
  const signal = new AbortController().signal;

  const unload = async (folder: string, sql: string) => {
    await mkdir(path.join(lake, folder), { recursive: true });
    const into = { file: path.join(lake, folder, 'rows.parquet'), compression: 'zstd' };
    await (await engine.start({ sql, parameters: [], signal, into })).end();
  };
  const select = async (sql: string) => {
    const running = await engine.start({ sql, parameters: [], signal });
    const rows: AnswerRow[] = [];
    for await (const some of running.rows()) rows.push(...some);
    await running.end();
    return rows;
  };
  const filesOf = async (table: 'training_items' | 'training_neighbours') => {
    const folder = path.join(lake, 'training', table, 'run=r1');
    const names = await readdir(folder, { recursive: true });
    return Promise.all(
      names.filter((name) => name.endsWith('.parquet')).map((name) => readFile(path.join(folder, name))),
    );
  };

  return {
    select,
    unload: (table, sql) => unload(trainingPrefix(table, 'r1', 'all'), sql),
    give: async (rows, run = 'r1') => {
      await rm(path.join(lake, 'training'), { recursive: true, force: true });
      const values = rows.map(([user, item, second = null, weight = 1]) => {
        const at =
          second === null
            ? 'CAST(NULL AS timestamp)'
            : `TIMESTAMP '${new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')}'`;
        return `('${user}', '${item}', ${at}, ${weight}E0)`;
      });
      const sql = `SELECT user_id, item_id, happened_at, weight FROM (VALUES ${values.join(', ')}) AS t (user_id, item_id, happened_at, weight)`;
      await unload(trainingPrefix('given_interactions', run, 'all'), sql);
    },
    prepare: async (job = {}) => {
      let state = beginTraining({ ...aJob, ...job });
      for (let step = 0; step < 2; step++) {
        const ask = nextAsk(state);
        if (ask?.kind === 'unload') await unload(ask.folder, ask.sql);
        state = withAnswer(state, { rows: [], milliseconds: 1 });
      }
    },
    train: async (job = {}) => {
      let state = beginTraining({ ...aJob, ...job });
      const asks: Ask[] = [];
      for (let ask = nextAsk(state); ask; ask = nextAsk(state)) {
        asks.push(ask);
        if (ask.kind === 'ease') throw new Error('EASE is asked of nobody here.');
        const rows = ask.kind === 'select' ? await select(ask.sql) : await unload(ask.folder, ask.sql);
        state = withAnswer(JSON.parse(JSON.stringify(state)), { rows: rows ?? [], milliseconds: 1 });
      }
      return { trained: trainedOf(state), state, asks };
    },
    neighbours: async () => {
      const ids = new Map<number, string>();
      for (const file of await filesOf('training_items')) {
        for await (const { count, columns } of readParquet(file, trainingItems.columns.slice(0, 2))) {
          for (let at = 0; at < count; at++) ids.set(Number(columns[0]?.values[at]), String(columns[1]?.values[at]));
        }
      }
      const found = new Map<string, Map<string, number>>();
      for (const file of await filesOf('training_neighbours')) {
        const lists = readNumberLists(file, 'neighbours');
        for await (const { count, columns } of readParquet(file, [trainingNeighbours.columns[0]])) {
          const { value = [] } = await lists.next();
          for (let at = 0; at < count; at++) {
            const { items, scores } = unpacked(value[at] ?? []);
            const named = [...items].map((item, place): [string, number] => [ids.get(item) ?? '', scores[place] ?? 0]);
            found.set(ids.get(Number(columns[0]?.values[at])) ?? '', new Map(named));
          }
        }
      }
      return found;
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

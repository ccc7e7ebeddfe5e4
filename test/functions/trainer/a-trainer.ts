import type { DynamoDb, Item } from '../../../functions/adapters/dynamodb.ts';
import type { LakeFiles } from '../../../functions/adapters/lake-files.ts';
import { createModelStore } from '../../../functions/adapters/model-store.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import { createTrainingWork } from '../../../functions/adapters/training-work.ts';
import type { ItemRow, NeighboursRow } from '../../../functions/trainer/reach.ts';
import { trainingOutput } from '../../../functions/trainer/read-output.ts';
import { createTrainer, type TrainerProps } from '../../../functions/trainer/trainer.ts';
import type { Training } from '../../../functions/trainer/training.ts';
import { csvOf } from '../../../infra/local/services/athena/result-file.ts';
import type { LearntItem, StoredItem } from '../../../schemas/catalog.ts';
import { trainingInteractions, trainingPrefix } from '../../../schemas/lake/training-tables.ts';
import type { TrainingAnswer } from '../../../schemas/training.ts';
import { parquetFile } from '../../../shared/lake/parquet/parquet-file.ts';
import { holdsLists } from '../../../shared/recommender/training/ease-lists.ts';
import { untuned } from '../../../shared/recommender/training/form.ts';
import type { Ask, Trained, TrainingJob, TrainingState } from '../../../shared/recommender/training/plan.ts';
import { aHead, aList, aQuality } from '../../fixtures/models.ts';

/** The function was killed: nothing that it does from now on happens. */
export class Killed extends Error {}

const TABLE = 'models';
const LIFE_MS = 900_000;
export const ITEMS = 5;

/** What a lake trains, by a plan of four asks. */
interface Lake {
  interactions: number;
  ndcg: number;
  /** Whether neighbours are computed by the trainer, and not by the engine. */
  isEase: boolean;
  note?: string;
}

interface Query {
  readonly id: string;
  readonly sql: string;
  isDone: boolean;
  failure?: string;
}

/** A trainer between a table, a bucket and an engine in memory, on a clock that moves as it waits. */
export class ATrainer {
  readonly table = new Map<string, Item>();
  readonly files = new Map<string, Buffer>();
  readonly items = new Map<string, StoredItem>();
  readonly queries = new Map<string, Query>();
  readonly logged: Record<string, unknown>[] = [];
  readonly printed: Record<string, unknown>[] = [];
  readonly lake: Lake = { interactions: 100, ndcg: 0.1, isEase: false };
  now = Date.parse('2026-03-02T03:00:00Z');
  /** Writes, deletions and queries so far. */
  effects = 0;
  /** Awaited around each effect; may throw. */
  around: (what: string, number: number, moment: 'before' | 'after') => unknown = () => undefined;
  /** Why a query fails, if it does. */
  failureOf: (sql: string) => string | undefined = () => undefined;
  #ids = 0;

  get models() {
    return createModelStore(this.client(this), TABLE, () => this.now);
  }

  get training(): Training | undefined {
    const text = this.table.get('training')?.training?.S;
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Begins a training as its schedule does, in a function of its own. */
  nightly(over: Partial<TrainerProps> = {}): Promise<TrainingAnswer> {
    return this.invoke({ nightly: true }, over);
  }

  /** Goes on as the clock does, until nothing is under way. */
  async goOn(): Promise<void> {
    for (let tick = 0; tick < 5; tick += 1) {
      this.now += 300_000;
      await this.invoke({});
    }
  }

  invoke(
    event: unknown,
    over: Partial<TrainerProps> = {},
    context = { getRemainingTimeInMillis: () => LIFE_MS },
  ): Promise<TrainingAnswer> {
    const life = new Life(this);
    const handler = createTrainer({
      plan: this.#plan(),
      output: readAsJson,
      work: createTrainingWork(this.client(life), TABLE),
      models: createModelStore(this.client(life), TABLE, () => this.now),
      catalog: {
        learn: (items) => life.effect('learn', () => this.#learn(items)),
        scan: async function* (this: ATrainer) {
          yield [...this.items.values()];
        }.bind(this),
      },
      files: this.#filesOf(life),
      objects: { readPart: async (_, key, start, length) => this.#part(key, start, length) },
      athena: this.#athena(life),
      settings: { tolerance: 0.1, tuningSeconds: 10 },
      lakeBucket: 'lake',
      database: 'headwater_test',
      workGroup: 'headwater-test',
      namespace: 'Headwater-test',
      clock: () => this.now,
      newId: () => `${(++this.#ids + 4095).toString(16)}-id`,
      pause: async (milliseconds) => {
        life.check();
        this.now += Math.max(0, milliseconds);
      },
      print: (line) => void this.printed.push(JSON.parse(line)),
      log: (level, message, fields) => void this.logged.push({ level, message, ...fields }),
      ...over,
    });
    return handler(event, context);
  }

  /** Whether what is served is whole: the items and the neighbours of each. */
  async isServed(): Promise<boolean> {
    const head = await this.models.head();
    if (head === undefined) return false;
    const { version } = head.current;
    const items = await this.models.items(version);
    const neighbours = await this.models.neighbours(
      version,
      Array.from({ length: ITEMS }, (_, n) => n),
    );
    return items?.ids.length === ITEMS && neighbours.size === ITEMS;
  }

  /** Has a version served, without a training. */
  async serve(version: string, ndcg = 0.1, publishedAt = this.now): Promise<void> {
    await this.models.writeItems(version, {
      ids: Array.from({ length: ITEMS }, (_, n) => `item-${n}`),
      popularity: new Float32Array(ITEMS),
      trend: new Float32Array(ITEMS),
    });
    const neighbours = { collaborative: aList([1, 1]), content: aList() };
    await this.models.writeNeighbours(
      version,
      Array.from({ length: ITEMS }, (_, item) => ({ item, neighbours })),
    );
    const before = await this.models.head();
    await this.models.publish(aHead({ version, publishedAt, quality: aQuality({ ndcg }) }), before?.current.version);
  }

  runsWithFiles(): string[] {
    return [...new Set([...this.files.keys()].flatMap((key) => /^training\/.*\/run=([^/]+)/.exec(key)?.[1] ?? []))];
  }

  #plan(): TrainerProps['plan'] {
    const asks = ({ run, method }: Pick<TrainingJob, 'run' | 'method'>): Ask[] => [
      { kind: 'select', sql: 'SELECT count(*) FROM interactions' },
      { kind: 'unload', table: 'training_items', folder: trainingPrefix('training_items', run, 'all'), sql: 'ITEMS' },
      neighbours(run, 'content'),
      ...(this.lake.isEase && method !== 'together' ? easeAsks(run) : [neighbours(run, 'collaborative')]),
    ];
    const interactionsOf = ({ answers }: TrainingState) => Number(answers.count?.[0]?.[0]);
    const next = (state: TrainingState) =>
      state.done > 0 && interactionsOf(state) === 0 ? undefined : asks(state.job)[state.done];
    return {
      begin: (job) => ({ job, done: 0, answers: {}, milliseconds: {} }),
      next,
      with: (state, { rows }) => ({
        ...state,
        done: state.done + 1,
        answers: state.done === 0 ? { count: rows } : state.answers,
      }),
      progress: ({ done }) => ({ done, total: 7, doing: 'training' }),
      trained: (state) =>
        interactionsOf(state) === 0 ? undefined : { ...this.#trained(interactionsOf(state)), ...noteOf(state) },
    };
  }

  #trained(interactions: number): Trained {
    const { parameters } = aHead();
    const worse = aQuality({ ndcg: 0.01 });
    return {
      parameters,
      quality: aQuality({ ndcg: this.lake.ndcg }),
      baseline: { popularity: worse, cosine: worse, untuned: worse },
      items: ITEMS,
      people: 10,
      interactions,
      form: untuned,
      validated: 10,
      ...(this.lake.note !== undefined && { note: this.lake.note }),
    };
  }

  async #learn(items: readonly LearntItem[]): Promise<void> {
    for (const { itemId, ...learnt } of items) {
      this.items.set(itemId, { itemId, given: {}, learnt, updatedAt: this.now });
    }
  }

  #part(key: string, start: number, length: number) {
    const file = this.files.get(`results/${key}`);
    if (file === undefined) throw new ServiceError('NoSuchKey', 404, 'The specified key does not exist.');
    return { bytes: file.subarray(start, start + length), size: file.length };
  }

  #filesOf(life: Life): LakeFiles {
    const list = (prefix: string) => [...this.files.keys()].filter((key) => key.startsWith(prefix)).sort();
    return {
      list: async (prefix) => list(prefix).map((key) => ({ key, size: this.files.get(key)?.length ?? 0, etag: '' })),
      folders: async (prefix) => [
        ...new Set(list(prefix).flatMap((key) => key.slice(prefix.length).split('/').slice(0, -1)[0] ?? [])),
      ],
      read: async (key) => this.files.get(key),
      write: (key, body) => life.effect(`write ${key}`, async () => void this.files.set(key, Buffer.from(body))),
      remove: async (keys) => {
        for (const key of keys) await life.effect(`remove ${key}`, async () => void this.files.delete(key));
      },
    };
  }

  #athena(life: Life): TrainerProps['athena'] {
    return {
      start: ({ sql, token = '' }) =>
        life.effect(`query ${sql.slice(0, 30)}`, async () => {
          const known = this.queries.get(token);
          if (known) return known.id;
          const id = `query-${this.queries.size + 1}`;
          const failure = this.failureOf(sql);
          this.queries.set(token, { id, sql, isDone: false, ...(failure !== undefined && { failure }) });
          return id;
        }),
      look: async (id) => {
        life.check();
        const query = [...this.queries.values()].find((each) => each.id === id);
        if (query === undefined) return { state: 'unknown' };
        if (!query.isDone) {
          query.isDone = true;
          this.#execute(query);
          return { state: 'running' };
        }
        if (query.failure !== undefined) return { state: 'failed', reason: query.failure };
        const output = { bucket: 'results', key: `${id}.csv` };
        return { state: 'succeeded', output, cost: { scannedBytes: 0, milliseconds: 5 } };
      },
    };
  }

  #execute(query: Query): void {
    const [, select = query.sql, folder] = /^UNLOAD \(\n(.*)\n\)\nTO 's3:\/\/lake\/([^']*)'/s.exec(query.sql) ?? [];
    if (folder === undefined) {
      const rows = select.includes('item_id') ? [shoe] : [[String(this.lake.interactions)]];
      const columns = (rows[0] ?? []).map((_, at) => `c${at}`);
      this.files.set(`results/${query.id}.csv`, Buffer.from(csvOf([columns, ...rows])));
      return;
    }
    if ([...this.files.keys()].some((key) => key.startsWith(folder)))
      query.failure = `HIVE_PATH_ALREADY_EXISTS: ${folder}`;
    // What fails leaves files, too.
    const rows = select === 'HISTORIES' ? histories() : JSON.stringify(rowsOf(select));
    this.files.set(`${folder}part-0`, Buffer.from(rows));
  }

  client(life: { effect: Life['effect'] }): DynamoDb {
    return (async (operation: string, input: Record<string, unknown>) => {
      switch (operation) {
        case 'GetItem':
          return { Item: this.table.get(keyOf(input.Key as Item)) };
        case 'BatchGetItem': {
          const { Keys } = (input.RequestItems as Record<string, { Keys: Item[] }>)[TABLE] ?? { Keys: [] };
          return { Responses: { [TABLE]: Keys.flatMap((key) => this.table.get(keyOf(key)) ?? []) } };
        }
        case 'PutItem': {
          const item = input.Item as Item;
          return await life.effect(`put ${keyOf(item)}`, async () => {
            if (!holds(input, this.table.get(keyOf(item)))) {
              throw new ServiceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
            }
            this.table.set(keyOf(item), item);
            return {};
          });
        }
        case 'BatchWriteItem': {
          const requests = (input.RequestItems as Record<string, { PutRequest: { Item: Item } }[]>)[TABLE] ?? [];
          return await life.effect(`write ${requests.length} items`, async () => {
            for (const { PutRequest } of requests) this.table.set(keyOf(PutRequest.Item), PutRequest.Item);
            return {};
          });
        }
        default:
          throw new Error(`${operation} is not answered here.`);
      }
    }) as DynamoDb;
  }

  /** What is done by nobody's function: a test's own writes. */
  effect<T>(_what: string, act: () => Promise<T>): Promise<T> {
    return act();
  }
}

/** One function: after it was killed nothing it does happens. */
class Life {
  readonly #world: ATrainer;
  #isOver = false;

  constructor(world: ATrainer) {
    this.#world = world;
  }

  check(): void {
    if (this.#isOver) throw new Killed();
  }

  readonly effect = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    this.check();
    this.#world.effects += 1;
    const number = this.#world.effects;
    const meet = async (moment: 'before' | 'after') => {
      try {
        await this.#world.around(what, number, moment);
      } catch (error) {
        this.#isOver = true;
        throw error;
      }
    };
    await meet('before');
    const done = await act();
    await meet('after');
    return done;
  };
}

const keyOf = (key: Item): string => key.pk?.S ?? '';

const shoe = ['shoe', 'A shoe', 'Shoes', null, '20.0000', 'EUR', null, null];

function holds(input: Record<string, unknown>, stored: Item | undefined): boolean {
  const condition = input.ConditionExpression as string | undefined;
  if (condition === undefined) return true;
  if (condition === 'attribute_not_exists(pk)') return stored === undefined;
  const [attribute = '', , name = ''] = condition.split(' ');
  const value = (input.ExpressionAttributeValues as Item)[name];
  return stored !== undefined && JSON.stringify(stored[attribute]) === JSON.stringify(value);
}

/** Item 4 is like others, and nobody had it together with any. */
function rowsOf(select: string): object[] {
  const indexes = Array.from({ length: ITEMS }, (_, index) => index);
  if (select === 'ITEMS') return indexes.map((index) => ({ index, id: `item-${index}`, popularity: 1, trend: 0 }));
  const kind = select;
  const own = kind === 'content' ? indexes : indexes.slice(0, 4);
  return own.map((item) => ({ item, kind, pairs: [[(item + 1) % ITEMS, 0.5]] }));
}

const noteOf = ({ job: { note } }: TrainingState) => (note === undefined ? {} : { note });

const neighbours = (run: string, kind: 'content' | 'collaborative'): Ask => ({
  kind: 'unload',
  table: 'training_neighbours',
  folder: trainingPrefix('training_neighbours', run, kind),
  sql: kind,
});

/** Two trials, then the lists. */
function easeAsks(run: string): Ask[] {
  const trial = { people: 1, historyItems: 50, orderDecays: [1], popularities: [0] };
  const folder = trainingPrefix('training_neighbours', run, 'ease');
  const ask = { kind: 'ease' as const, run, items: ITEMS, people: 10, lambda: 1, neighbours: 5, folder };
  return [
    {
      kind: 'unload',
      table: 'training_interactions',
      folder: trainingPrefix('training_interactions', run, 'histories'),
      sql: 'HISTORIES',
    },
    { ...ask, trial },
    { ...ask, lambda: 2, trial },
    ask,
  ];
}

/** Ten people, each with two items that follow one another. */
function histories(): Uint8Array {
  const rows = Array.from({ length: 20 }, (_, row) => {
    const [person, place] = [row >> 1, row % 2];
    return [person, (person + place) % ITEMS, 1, place, 2, false, 2, place, undefined];
  });
  const columns = trainingInteractions.columns.map((column, at) => ({ column, values: rows.map((row) => row[at]) }));
  return parquetFile({ table: trainingInteractions, count: rows.length, columns } as Parameters<typeof parquetFile>[0]);
}

/** Lists that the trainer has written itself are as they are; what stands for files of the engine is JSON. */
export const readAsJson: TrainerProps['output'] = {
  items: async function* (file) {
    yield JSON.parse(String(file)) as ItemRow[];
  },
  kinds: async function* (file) {
    if (holdsLists(file)) return yield* trainingOutput.kinds(file);
    yield JSON.parse(String(file)) as NeighboursRow[];
  },
  neighbours: async function* (file) {
    if (holdsLists(file)) return yield* trainingOutput.neighbours(file);
    const rows = JSON.parse(String(file)) as (NeighboursRow & { pairs: [number, number][] })[];
    yield rows.map(({ item, kind, pairs }) => ({ item, kind, neighbours: aList(...pairs) }));
  },
};

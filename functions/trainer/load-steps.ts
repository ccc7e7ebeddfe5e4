import { type TrainingTableName, trainingFolder } from '../../schemas/lake/training-tables.ts';
import type { ItemIndex, ItemNeighbours, ModelItems, Neighbours } from '../../shared/recommender/model.ts';
import type { NeighboursOf } from '../adapters/model-store.ts';
import type { NeighboursRow, Reach } from './reach.ts';
import type { Step, Training, TrainingStep } from './training.ts';

type Props = Pick<Reach, 'files' | 'models' | 'output'>;

/** Files of a training are not as its trainer left them: they were deleted meanwhile, perhaps. */
export class TrainingFilesError extends Error {
  override readonly name = 'TrainingFilesError';
}

/** What is held while lists of the other kind pass by: lists of likeness are short. */
interface Content {
  readonly version: string;
  readonly lists: ReadonlyMap<ItemIndex, Neighbours>;
  /** Items that people had together with others. */
  readonly collaborative: ReadonlySet<ItemIndex>;
  /** Files that have lists of these. */
  readonly keys: readonly string[];
}

const none: Neighbours = { items: new Uint32Array(), scores: new Float32Array() };
const tableFolder = (table: TrainingTableName, version: string): string => `${trainingFolder}${table}/run=${version}/`;

/** Brings what a training computed from its files into the table of models. */
export class LoadSteps {
  readonly #props: Props;
  #content: Content | undefined;

  constructor(props: Props) {
    this.#props = props;
  }

  async items({ version }: Training, { trained }: Step<'items'>): Promise<TrainingStep> {
    const { models, output } = this.#props;
    const ids = new Array<string>(trained.items);
    const items: ModelItems = {
      ids,
      popularity: new Float32Array(trained.items),
      trend: new Float32Array(trained.items),
    };
    let count = 0;
    for (const key of await this.#keysOf('training_items', version)) {
      for await (const rows of output.items(await this.#read(key))) {
        for (const { index, id, popularity, trend } of rows) {
          ids[index] = id;
          items.popularity[index] = popularity;
          items.trend[index] = trend;
          count += 1;
        }
      }
    }
    if (count !== trained.items || ids.length !== trained.items) {
      throw new TrainingFilesError(`The training ${version} has ${trained.items} items, its files ${count}.`);
    }
    await models.writeItems(version, items);
    return { name: 'neighbours', trained, file: 0, files: 0 };
  }

  /** One file; after the last those items that are like others, and that nobody had together with any other. */
  async neighbours({ version }: Training, step: Step<'neighbours'>): Promise<TrainingStep> {
    const { models, output } = this.#props;
    const content = await this.#contentOf(version);
    const { trained, file } = step;
    const key = content.keys[file];
    if (key === undefined) {
      const others = [...content.lists].filter(([item]) => !content.collaborative.has(item));
      const rows = others.map(([item, list]) => ({ item, neighbours: { collaborative: none, content: list } }));
      await models.writeNeighbours(version, rows);
      this.#content = undefined;
      return { name: 'publish', trained };
    }
    for await (const rows of output.neighbours(await this.#read(key))) {
      await models.writeNeighbours(
        version,
        rows.flatMap((row) => joined(row, content)),
      );
    }
    return { ...step, file: file + 1, files: content.keys.length };
  }

  async #contentOf(version: string): Promise<Content> {
    if (this.#content?.version === version) return this.#content;
    const { output } = this.#props;
    const lists = new Map<ItemIndex, Neighbours>();
    const collaborative = new Set<ItemIndex>();
    const keys: string[] = [];
    for (const key of await this.#keysOf('training_neighbours', version)) {
      const file = await this.#read(key);
      const kinds = new Set<keyof ItemNeighbours>();
      for await (const rows of output.kinds(file)) {
        for (const { item, kind } of rows) {
          kinds.add(kind);
          if (kind === 'collaborative') collaborative.add(item);
        }
      }
      if (kinds.has('collaborative')) keys.push(key);
      if (!kinds.has('content')) continue;
      for await (const rows of output.neighbours(file)) {
        for (const { item, kind, neighbours } of rows) if (kind === 'content') lists.set(item, neighbours);
      }
    }
    this.#content = { version, lists, collaborative, keys };
    return this.#content;
  }

  async #keysOf(table: TrainingTableName, version: string): Promise<string[]> {
    const found = await this.#props.files.list(tableFolder(table, version));
    return found.filter(({ size }) => size > 0).map(({ key }) => key);
  }

  async #read(key: string): Promise<Uint8Array> {
    const file = await this.#props.files.read(key);
    if (file === undefined) throw new TrainingFilesError(`The file ${key} of a training is gone.`);
    return file;
  }
}

const joined = ({ item, kind, neighbours }: NeighboursRow, { lists }: Content): NeighboursOf[] =>
  kind === 'content' ? [] : [{ item, neighbours: { collaborative: neighbours, content: lists.get(item) ?? none } }];

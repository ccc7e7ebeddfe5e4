import { type TrainingTableName, trainingFolder } from '../../schemas/lake/training-tables.ts';
import type { ItemIndex, ModelItems, Neighbours } from '../../shared/recommender/model.ts';
import type { NeighboursOf } from '../adapters/model-store.ts';
import type { NeighboursRow, Reach } from './reach.ts';
import type { Step, Training, TrainingStep } from './training.ts';

type Props = Pick<Reach, 'files' | 'models' | 'output'>;

/** Files of a training are not as its trainer left them: they were deleted meanwhile, perhaps. */
export class TrainingFilesError extends Error {
  override readonly name = 'TrainingFilesError';
}

interface Content {
  readonly version: string;
  readonly lists: ReadonlyMap<ItemIndex, Neighbours>;
  /** Items that people did something with together with others. */
  readonly collaborative: ReadonlySet<ItemIndex>;
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
    for await (const file of this.#filesOf('training_items', version)) {
      for await (const rows of output.items(file)) {
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
    const files = await this.#keysOf('training_neighbours', version);
    return { name: 'neighbours', trained, file: 0, files: files.length };
  }

  /** One file; after the last those items that are like others, and that nobody had together with any other. */
  async neighbours({ version }: Training, step: Step<'neighbours'>): Promise<TrainingStep> {
    const { files, models, output } = this.#props;
    const content = await this.#contentOf(version);
    const keys = await this.#keysOf('training_neighbours', version);
    const { trained, file } = step;
    const key = keys[file];
    if (key === undefined) {
      const others = [...content.lists].filter(([item]) => !content.collaborative.has(item));
      const rows = others.map(([item, list]) => ({ item, neighbours: { collaborative: none, content: list } }));
      await models.writeNeighbours(version, rows);
      this.#content = undefined;
      return { name: 'publish', trained };
    }
    const bytes = await files.read(key);
    if (bytes === undefined) throw new TrainingFilesError(`The file ${key} of a training is gone.`);
    for await (const rows of output.neighbours(bytes)) {
      await models.writeNeighbours(
        version,
        rows.flatMap((row) => joined(row, content)),
      );
    }
    return { ...step, file: file + 1, files: keys.length };
  }

  /** Lists of likeness, which are short, are held while those of the other kind pass by. */
  async #contentOf(version: string): Promise<Content> {
    if (this.#content?.version === version) return this.#content;
    const lists = new Map<ItemIndex, Neighbours>();
    const collaborative = new Set<ItemIndex>();
    for await (const file of this.#filesOf('training_neighbours', version)) {
      for await (const rows of this.#props.output.neighbours(file)) {
        for (const { item, kind, neighbours } of rows) {
          if (kind === 'content') lists.set(item, neighbours);
          else collaborative.add(item);
        }
      }
    }
    this.#content = { version, lists, collaborative };
    return this.#content;
  }

  async #keysOf(table: TrainingTableName, version: string): Promise<string[]> {
    const found = await this.#props.files.list(tableFolder(table, version));
    return found.filter(({ size }) => size > 0).map(({ key }) => key);
  }

  async *#filesOf(table: TrainingTableName, version: string): AsyncGenerator<Uint8Array> {
    for (const key of await this.#keysOf(table, version)) {
      const file = await this.#props.files.read(key);
      if (file === undefined) throw new TrainingFilesError(`The file ${key} of a training is gone.`);
      yield file;
    }
  }
}

const joined = ({ item, kind, neighbours }: NeighboursRow, { lists }: Content): NeighboursOf[] =>
  kind === 'content' ? [] : [{ item, neighbours: { collaborative: neighbours, content: lists.get(item) ?? none } }];

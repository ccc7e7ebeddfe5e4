import { trainingItems, trainingPrefix } from '../../schemas/lake/training-tables.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { ItemNeighbours, ModelItems } from '../../shared/recommender/model.ts';
import { type ItemRow, modelItems, noNeighbours } from '../../shared/recommender/training/output.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import { trainingOutput } from './read-output.ts';

export interface Model {
  readonly items: ModelItems;
  /** By item, how many people had to do with it. */
  readonly people: readonly number[];
  readonly neighbours: readonly (ItemNeighbours | undefined)[];
}

/** The model that a run has trained, from its files. */
export async function readModel(files: LakeFiles, run: string): Promise<Model> {
  const rows: ItemRow[] = [];
  const people: number[] = [];
  for await (const file of filesOf(files, 'training_items', run)) {
    for await (const { count, columns } of readParquet(file, trainingItems.columns)) {
      const values = (name: string) => columns.find(({ column }) => column.name === name)?.values ?? [];
      const [index, id, n, popularity, trend] = trainingItems.columns.map(({ name }) => values(name));
      for (let at = 0; at < count; at += 1) {
        const row = { index: Number(index?.[at]), id: String(id?.[at]) };
        rows.push({ ...row, popularity: Number(popularity?.[at]), trend: Number(trend?.[at]) });
        people[row.index] = Number(n?.[at]);
      }
    }
  }
  const neighbours: (ItemNeighbours | undefined)[] = new Array(rows.length);
  for await (const file of filesOf(files, 'training_neighbours', run)) {
    for await (const found of trainingOutput.neighbours(file)) {
      for (const { item, kind, neighbours: list } of found) {
        neighbours[item] = { ...(neighbours[item] ?? noNeighbours), [kind]: list };
      }
    }
  }
  return { items: modelItems(rows), people, neighbours };
}

async function* filesOf(files: LakeFiles, table: 'training_items' | 'training_neighbours', run: string) {
  const prefix = trainingPrefix(table, run, '').replace(/\/\/$/, '/');
  for (const { key } of await files.list(prefix)) {
    const file = await files.read(key);
    if (file) yield file;
  }
}

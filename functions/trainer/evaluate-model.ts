import { trainingItems, trainingNeighbours, trainingPrefix } from '../../schemas/lake/training-tables.ts';
import { readNumberLists, readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { ItemNeighbours, ModelItems } from '../../shared/recommender/model.ts';
import { addNeighbours, type ItemRow, modelItems } from '../../shared/recommender/training/output.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';

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
  const [itemIndex, kind] = trainingNeighbours.columns;
  for await (const file of filesOf(files, 'training_neighbours', run)) {
    const lists = readNumberLists(file, 'neighbours');
    for await (const { count, columns } of readParquet(file, [itemIndex, kind])) {
      const { value: packed = [] } = await lists.next();
      for (let at = 0; at < count; at += 1) {
        const index = Number(columns[0]?.values[at]);
        const row = { index, kind: String(columns[1]?.values[at]), packed: packed[at] ?? [] };
        neighbours[index] = addNeighbours(neighbours[index], row);
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

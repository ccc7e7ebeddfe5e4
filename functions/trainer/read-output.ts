import { trainingItems } from '../../schemas/lake/training-tables.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { TrainingOutput } from './reach.ts';

/** Rows of the files that UNLOAD writes. */
export const trainingOutput: TrainingOutput = {
  async *items(file) {
    const wanted = ['item_index', 'item_id', 'popularity', 'trend'];
    const columns = trainingItems.columns.filter(({ name }) => wanted.includes(name));
    for await (const { count, columns: found } of readParquet(file, columns)) {
      const [index, id, popularity, trend] = wanted.map(
        (name) => found.find(({ column }) => column.name === name)?.values ?? [],
      );
      yield Array.from({ length: count }, (_, row) => ({
        index: Number(index?.[row]),
        id: String(id?.[row]),
        popularity: Number(popularity?.[row] ?? 0),
        trend: Number(trend?.[row] ?? 0),
      }));
    }
  },
  neighbours: () => {
    throw new Error('not yet');
  },
};

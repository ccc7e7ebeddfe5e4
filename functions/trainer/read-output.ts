import type { Column } from '../../schemas/lake/column.ts';
import { trainingItems, trainingNeighbours } from '../../schemas/lake/training-tables.ts';
import type { ColumnValues } from '../../shared/lake/column-readers.ts';
import { readNumberLists, readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { unpacked } from '../../shared/recommender/training/pack.ts';
import type { NeighboursRow, TrainingOutput } from './reach.ts';

type Values = ColumnValues['values'];

const [itemIndex, itemId, , popularity, trend] = trainingItems.columns;
const [neighboursOf, kindColumn, listColumn] = trainingNeighbours.columns;

/** Rows of the files that UNLOAD writes. Throws `ParquetReadError`. */
export const trainingOutput: TrainingOutput = {
  items: (file) =>
    rowsOf(file, [itemIndex, itemId, popularity, trend], ([indexes, ids, popularities, trends], row) => ({
      index: Number(indexes?.[row]),
      id: String(ids?.[row]),
      popularity: Number(popularities?.[row] ?? 0),
      trend: Number(trends?.[row] ?? 0),
    })),
  kinds: (file) =>
    rowsOf(file, [neighboursOf, kindColumn], ([items, kinds], row) => ({
      item: Number(items?.[row]),
      kind: kinds?.[row] as NeighboursRow['kind'],
    })),
  async *neighbours(file) {
    const lists = readNumberLists(file, listColumn.name);
    for await (const rows of trainingOutput.kinds(file)) {
      const { value = [] } = await lists.next();
      yield rows.map((row, at) => ({ ...row, neighbours: unpacked(value[at] ?? []) }));
    }
  },
};

async function* rowsOf<Row>(
  file: Uint8Array,
  columns: readonly Column[],
  rowAt: (values: readonly Values[], row: number) => Row,
): AsyncGenerator<readonly Row[]> {
  for await (const { count, columns: found } of readParquet(file, columns)) {
    const values = found.map((each) => each.values);
    yield Array.from({ length: count }, (_, row) => rowAt(values, row));
  }
}

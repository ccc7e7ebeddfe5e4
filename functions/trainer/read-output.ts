import type { Column } from '../../schemas/lake/column.ts';
import { trainingItems, trainingNeighbours } from '../../schemas/lake/training-tables.ts';
import type { ColumnValues } from '../../shared/lake/column-readers.ts';
import { readNumberLists, readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { decodeLists, holdsLists } from '../../shared/recommender/training/ease-lists.ts';
import { unpacked } from '../../shared/recommender/training/pack.ts';
import type { NeighboursRow, TrainingOutput } from './reach.ts';

/** Lists that are decoded before they are handed on. */
const LISTS_AT_ONCE = 250;

type Values = ColumnValues['values'];

const [itemIndex, itemId, , popularity, trend] = trainingItems.columns;
const [neighboursOf, kindColumn, listColumn] = trainingNeighbours.columns;

/** Rows of the files that UNLOAD writes, and of lists by EASE. Throws `ParquetReadError` and `ModelBytesError`. */
export const trainingOutput: TrainingOutput = {
  items: (file) =>
    rowsOf(file, [itemIndex, itemId, popularity, trend], ([indexes, ids, popularities, trends], row) => ({
      index: Number(indexes?.[row]),
      id: String(ids?.[row]),
      popularity: Number(popularities?.[row] ?? 0),
      trend: Number(trends?.[row] ?? 0),
    })),
  async *kinds(file) {
    if (holdsLists(file)) yield Array.from(decodeLists(file), ({ item }) => ({ item, kind: 'collaborative' as const }));
    else yield* kindsOf(file);
  },
  async *neighbours(file) {
    if (holdsLists(file)) {
      let rows: NeighboursRow[] = [];
      for (const { item, neighbours } of decodeLists(file)) {
        rows.push({ item, kind: 'collaborative', neighbours: neighbours() });
        if (rows.length < LISTS_AT_ONCE) continue;
        yield rows;
        rows = [];
      }
      yield rows;
      return;
    }
    const lists = readNumberLists(file, listColumn.name);
    for await (const rows of kindsOf(file)) {
      const { value = [] } = await lists.next();
      yield rows.map((row, at) => ({ ...row, neighbours: unpacked(value[at] ?? []) }));
    }
  },
};

const kindsOf = (file: Uint8Array) =>
  rowsOf(file, [neighboursOf, kindColumn], ([items, kinds], row) => ({
    item: Number(items?.[row]),
    kind: kinds?.[row] as NeighboursRow['kind'],
  }));

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

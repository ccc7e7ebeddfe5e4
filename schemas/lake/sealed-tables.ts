import { instant, type LakeTable, type LandedTable, text } from './column.ts';

/** Name without the ending: `events` of `events_landed`, which is also the name of the view. */
export const baseOf = ({ name }: LandedTable): string => name.replace(/_landed$/, '');

/** What is sealed of a landed table: the same columns, each row once. */
export const sealedTwin = (landed: LandedTable): LakeTable => ({
  name: `${baseOf(landed)}_sealed`,
  comment: `Sealed days of ${landed.name}: each row once, sorted, in few files. Query ${baseOf(landed)} instead.`,
  columns: landed.columns,
});

export const sealedIds = {
  name: 'sealed_ids',
  comment: 'Ids of the rows of the last sealed days, by which views leave out copies that arrive on later days.',
  columns: [
    text('relation', 'View whose rows the ids are of, for example events.'),
    text('id', 'First 20 hexadecimal digits of the MD5 of what tells a row from others.'),
  ],
} as const satisfies LakeTable;

/** Each mark has a file of its own, `lake_marks/<mark>.parquet`, so that one write moves it. */
export const lakeMarks = {
  name: 'lake_marks',
  comment: 'Where the lake stands, one file a mark. Of several values of a mark the last that is in effect holds.',
  unpartitioned: true,
  columns: [
    text(
      'mark',
      'Name of the mark: sealed_before is the first day that is not sealed, visits_before the first whose visits are not gathered.',
    ),
    text('value', 'Where it stands.'),
    instant('effective_at', 'From when on: a query that began earlier sees the value before.'),
  ],
} as const satisfies LakeTable;

/** The mark of the first day that is not sealed, YYYY-MM-DD. */
export const SEALED_BEFORE = 'sealed_before';

/** Days after its arrival in which a copy of a row is known as one. */
export const COPY_DAYS = 7;

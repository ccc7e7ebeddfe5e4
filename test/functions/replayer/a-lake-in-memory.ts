import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import type { TableRows } from '../../../shared/lake/column-readers.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { landedKey } from '../../../shared/lake/object-key.ts';
import { barriersIn, type ReadRecord, readBatch } from '../../../shared/lake/read-batch.ts';

import { failedBefore } from '../../fixtures/failed-before.ts';

type Value = string | number | boolean | undefined;
export type LakeRow = Record<string, Value>;
type Cells = (string | null)[];

/** What the lake-writer lands, in memory, and the answers that the queries of replays get of it. */
export class LakeInMemory {
  readonly #tables = new Map<string, LakeRow[]>();
  /** Keys of objects: files, and marks of barriers. */
  readonly keys = new Set<string>();

  land(records: readonly ReceivedRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    this.#land(readBatch(records), first);
  }

  /** Lands a record as it was read when cleaning still rejected all of its messages. */
  landAsFailed(record: ReceivedRecord): void {
    this.#land([failedBefore(record)], record);
  }

  #land(batch: readonly ReadRecord[], first: ReceivedRecord): void {
    const day = new Date(first.arrivedAt).toISOString().slice(0, 10);
    for (const rows of landedRows(batch)) {
      if (rows.count === 0) continue;
      this.keys.add(landedKey(rows.table.name, first));
      this.#tables.set(rows.table.name, [...this.rows(rows.table.name), ...rowsOf(rows, day)]);
    }
    for (const id of barriersIn(batch)) this.keys.add(`barriers/${id}/${first.shardId}`);
  }

  rows(table: string): readonly LakeRow[] {
    return this.#tables.get(table) ?? [];
  }

  /** The result of a replay's query, with its header. */
  answer(sql: string): Cells[] {
    const [, from = '', to = ''] = /day BETWEEN '([^']+)' AND '([^']+)'/.exec(sql) ?? [];
    const within = ({ day }: LakeRow) => String(day) >= from && String(day) <= to;
    if (sql.startsWith('SELECT DISTINCT profile_key')) {
      const keys = this.rows('events_landed').filter(within);
      return [['profile_key'], ...[...new Set(keys.map((row) => String(row.profile_key)))].map((key) => [key])];
    }
    if (sql.includes('FROM failed_events')) return [['reason'], ...this.#failed(within)];
    const raw = this.rows('raw_landed').filter((row) => within(row) && row.failed_reason === undefined);
    return [['day'], ...raw.map((row) => cellsOf(row, rawNames))];
  }

  #failed(within: (row: LakeRow) => boolean): Cells[] {
    const idOf = (row: LakeRow, before = '') =>
      `${row.source_id} ${row[before === '' ? 'message_id' : `${before}_message_id`] ?? positionOf(row, before)}`;
    const mended = new Set(this.rows('mended_events_landed').map((row) => idOf(row, 'failed')));
    const events = new Set(this.rows('events_landed').map((row) => `${row.source_id} ${row.message_id}`));
    const seen = new Set<string>();
    return this.rows('failed_events_landed').flatMap((row) => {
      const id = idOf(row);
      if (!within(row) || mended.has(id) || seen.has(`${id} ${row.reason}`)) return [];
      seen.add(`${id} ${row.reason}`);
      const raw = this.rows('raw_landed').find((each) => positionOf(each) === positionOf(row)) ?? {};
      const known = events.has(`${row.source_id} ${row.message_id ?? positionOf(row).replaceAll(' ', '-')}`);
      return [cellsOf({ ...raw, ...row, known: known ? 'known' : undefined }, failedNames)];
    });
  }
}

const rawNames =
  'day shard_id sequence_number record_index message_id source_id received_at arrived_at sent_at ip user_agent payload'.split(
    ' ',
  );
const failedNames =
  'reason message_id source_id received_at payload payload_encoding shard_id sequence_number record_index sent_at ip user_agent known'.split(
    ' ',
  );

function positionOf(row: LakeRow, before = ''): string {
  const name = (part: string) => (before === '' ? part : `${before}_${part}`);
  return ['shard_id', 'sequence_number', 'record_index'].map((part) => row[name(part)]).join(' ');
}

const rowsOf = ({ columns, count }: TableRows, day: string): LakeRow[] =>
  Array.from({ length: count }, (_, at) => ({
    day,
    ...Object.fromEntries(columns.map(({ column, values }) => [column.name, values[at]])),
  }));

const cellsOf = (row: LakeRow, names: readonly string[]): Cells => names.map((name) => cellOf(name, row[name]));

function cellOf(name: string, value: Value): string | null {
  if (value === undefined) return null;
  if (!name.endsWith('_at') || name === 'sent_at') return String(value);
  return new Date(Number(value)).toISOString().replace('T', ' ').slice(0, 23);
}

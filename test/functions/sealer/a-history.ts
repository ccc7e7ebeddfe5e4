import fc from 'fast-check';
import { landedTables } from '../../../schemas/lake/tables.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { readBatch } from '../../../shared/lake/read-batch.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';

export const FIRST_DAY = Date.parse('2026-03-01T00:00:00Z');
const DAY_MS = 86_400_000;
const SHARDS = 3;

/** What is said on the stream, from a few people and ids, so that much is said twice; also what cleaning rejects. */
const message = fc.record({ person: fc.nat(2), id: fc.nat(5), isBad: fc.boolean(), isTransition: fc.boolean() });

/** Records of a shard in order: hours from one to the next, and what they hold. */
const shard = fc.array(fc.record({ hours: fc.nat(60), messages: fc.array(message, { minLength: 1, maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 8,
});

/** Where batches are cut: a number of records each. */
const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 });

/** Batches as they land: each shard's records are cut, and from one of them on once more, elsewhere. */
export const history = fc
  .array(fc.record({ shard, cuts, again: fc.option(fc.record({ from: fc.nat(7), cuts })) }), {
    minLength: 1,
    maxLength: SHARDS,
  })
  .map((shards) => {
    const batches = shards.flatMap(({ shard: written, cuts: first, again }, number) => {
      let time = FIRST_DAY;
      const records = written.map(({ hours, messages }, at) => {
        time += hours * 3_600_000;
        // No two shards share a sequence number.
        const sequence = at * SHARDS + number;
        return recordOf(messages, { shardId: `shardId-00000000000${number}`, arrivedAt: time, sequence });
      });
      return [...cutUp(records, first), ...(again ? cutUp(records.slice(again.from), again.cuts) : [])];
    });
    return batches.sort((one, other) => arrivalOf(one) - arrivalOf(other));
  });

export type Batch = readonly ReceivedRecord[];

const arrivalOf = ([first]: Batch): number => (first as ReceivedRecord).arrivedAt;
export const dayNumberOf = (batch: Batch): number => Math.floor((arrivalOf(batch) - FIRST_DAY) / DAY_MS);

/** A moment of a day, an hour after midnight. */
export const anHourInto = (day: number): number => FIRST_DAY + day * DAY_MS + 3_600_000;

type Message = { person: number; id: number; isBad: boolean; isTransition: boolean };

function recordOf(messages: readonly Message[], at: { shardId: string; arrivedAt: number; sequence: number }) {
  const { shardId, arrivedAt, sequence } = at;
  const over = { shardId, arrivedAt, sequenceNumber: String(49_590_338n * 10n ** 48n + BigInt(sequence)) };
  if (messages[0]?.isTransition) {
    const items = messages.map(({ person, id }) => aTransition({ key: `user:${person}`, n: id + 1 }));
    return aRecord({ v: 1, kind: 'transitions', items }, over);
  }
  const events = messages.map(({ person, id, isBad }) =>
    aTrack({ messageId: `m-${id}`, userId: `${person}`, ...(isBad && { event: '' }) }),
  );
  return aRecord(anEnvelope(events, { receivedAt: new Date(arrivedAt).toISOString() }), over);
}

function cutUp(records: readonly ReceivedRecord[], sizes: readonly number[]): Batch[] {
  const batches: Batch[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at < records.length) batches.push(records.slice(at, at + size));
    at += size;
  }
  return batches;
}

type Cell = string | number | boolean | undefined;
type Row = Readonly<Record<string, Cell>>;

/**
 * The rows that a view of a landed table has, by its table's rules in plain words: a row is a copy when one that is alike
 * came before it, on the same day or in the seven days before.
 */
export function expectedRows(name: string, batches: readonly Batch[]): string[] {
  const table = landedTables.find((each) => each.name === `${name}_landed`);
  if (table === undefined) throw new Error(`There is no landed table of ${name}.`);
  const { identity, order } = table.sealing;
  const landed = new Map<string, Row[]>();
  for (const batch of batches) {
    const [first] = batch;
    if (first === undefined) continue;
    const day = new Date(first.arrivedAt).toISOString().slice(0, 10);
    const rows = landedRows(readBatch(batch)).find((each) => each.table.name === table.name);
    const list: Row[] = Array.from({ length: rows?.count ?? 0 }, (_, at) =>
      Object.fromEntries([
        ['day', day],
        ...(rows?.columns ?? []).map(({ column, values }) => [column.name, values[at]]),
      ]),
    );
    // A batch whose first record is the same lands in the same file, when it has rows at all.
    if (list.length > 0) landed.set(`${day} ${first.shardId} ${first.sequenceNumber}`, list);
  }
  const alike = Map.groupBy([...landed.values()].flat(), (row) => keyOf(row, identity));
  const kept = [...alike.values()].flatMap((copies) => {
    const sorted = copies.sort((one, other) => compare(one, other, ['day', ...order]));
    return sorted.filter((row, at) => at === 0 || daysApart(sorted[at - 1] as Row, row) > 7);
  });
  return kept.map((row) => shown([row.day, row.shard_id, row.sequence_number, row.record_index])).sort();
}

export const shown = (cells: readonly (Cell | null)[]): string => cells.join(' ');

function keyOf(row: Row, identity: readonly string[]): string {
  const values = identity.map((name) => row[name]);
  const place = [row.shard_id, row.sequence_number, row.record_index];
  return JSON.stringify(values.includes(undefined) ? [...place, 'place'] : values);
}

function compare(one: Row, other: Row, names: readonly string[]): number {
  for (const name of names) {
    const [a, b] = [one[name] as string, other[name] as string];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

const daysApart = (one: Row, other: Row): number =>
  (Date.parse(String(other.day)) - Date.parse(String(one.day))) / DAY_MS;

import type { ControlRecord } from '../../schemas/stream/control.ts';
import { fileOfIds } from '../../shared/import/group-ids.ts';
import { packEvents } from '../../shared/import/pack-events.ts';
import type { Part, RejectedLine } from '../../shared/import/part.ts';
import { packControl } from '../../shared/stream/pack-control.ts';
import type { StreamRecord } from '../adapters/store-in-order.ts';
import { idsKey, rejectedKey } from './import-keys.ts';
import type { ImportState } from './import-state.ts';

/** What a part leaves behind. */
export interface Outside {
  readonly write: (key: string, body: Uint8Array) => Promise<void>;
  /** Puts records on the stream, those of one partition key in their order. Throws when some may not be there. */
  readonly store: (records: readonly StreamRecord[]) => Promise<void>;
}

/**
 * Does all that a part asks for; that it is done is for the caller to store. Whatever of it was done before is done again
 * with the same effect: files are named by the part, and events have the same ids.
 */
export async function bringIn(part: Part, state: ImportState, receivedAt: number, outside: Outside): Promise<void> {
  const { id, name, parts, columns = [] } = state;
  const { write, store } = outside;
  if (part.rejected.length > 0) await write(rejectedKey(id, parts), listOf(part.rejected, columns));
  const spend: ControlRecord[] = part.spend.length > 0 ? [{ v: 1, kind: 'spend', items: part.spend }] : [];
  const records = [...packEvents(part.events, name, receivedAt), ...packControl(spend)];
  if (records.length > 0) await store(records);
  // After the events: an id says that the group's events are on the stream.
  if (part.ids.length > 0) await write(idsKey(id, parts), fileOfIds(part.ids));
}

/** A line of JSON for each; cells by the names of their columns, where there is one for each. */
export function listOf(rejected: readonly RejectedLine[], columns: readonly string[]): Buffer {
  const lines = rejected.map(({ row, reason, path, detail, line }) => {
    const isWhole = Array.isArray(line) && line.length === columns.length;
    const shown = isWhole ? Object.fromEntries(columns.map((column, at) => [column, line[at]])) : line;
    return JSON.stringify({ row, reason, path, detail, line: shown ?? null });
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

import type { ControlRecord } from '../../schemas/stream/control.ts';
import { cleanRecord } from '../clean/clean-record.ts';
import type { CleanedRecord, ReceivedRecord } from '../clean/cleaned-record.ts';
import { firstOf } from '../stream/again.ts';
import { controlOf } from '../stream/read-stream.ts';

/** A record with what it holds: messages, or word from Headwater itself. */
export type ReadRecord =
  | { readonly received: ReceivedRecord; readonly cleaned: CleanedRecord }
  | { readonly received: ReceivedRecord; readonly control: ControlRecord };

/**
 * Reads a batch of the stream; what is neither readable is a cleaned record with a failed event. A record that comes again
 * for the lake is read as it first lay on the stream. Never throws.
 */
export const readBatch = (records: readonly ReceivedRecord[]): ReadRecord[] => records.map(read);

function read(received: ReceivedRecord): ReadRecord {
  const control = controlOf(received);
  if (control === undefined) return { received, cleaned: cleanRecord(received) };
  const first = control.kind === 'again' && control.to === 'lake' ? firstOf(control) : undefined;
  return first === undefined ? { received, control } : read(first);
}

/** Ids of the barriers in a batch: whoever put one waits until all before it has landed. */
export const barriersIn = (batch: readonly ReadRecord[]): string[] => [
  ...new Set(batch.flatMap((read) => ('control' in read && read.control.kind === 'barrier' ? [read.control.id] : []))),
];

import type { ControlRecord } from '../../schemas/stream/control.ts';
import { type CleanRules, cleanRecord } from '../clean/clean-record.ts';
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
export const readBatch = (records: readonly ReceivedRecord[], rules?: CleanRules): ReadRecord[] =>
  records.map((received) => read(received, rules));

function read(received: ReceivedRecord, rules: CleanRules | undefined): ReadRecord {
  const control = controlOf(received);
  if (control === undefined) return { received, cleaned: cleanRecord(received, rules) };
  const first = control.kind === 'again' && control.to === 'lake' ? firstOf(control) : undefined;
  return first === undefined ? { received, control } : read(first, rules);
}

/** Whether a record holds messages. */
export const hasMessages = (read: ReadRecord): read is Extract<ReadRecord, { readonly cleaned: CleanedRecord }> =>
  'cleaned' in read;

/** Ids of the barriers in a batch: whoever put one waits until all before it has landed. */
export const barriersIn = (batch: readonly ReadRecord[]): string[] => [
  ...new Set(batch.flatMap((read) => ('control' in read && read.control.kind === 'barrier' ? [read.control.id] : []))),
];

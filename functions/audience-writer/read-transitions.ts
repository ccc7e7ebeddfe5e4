import type { Transition } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import { controlOf } from '../../shared/stream/read-stream.ts';

/** A transition and the record that brought it. */
export interface Arrival {
  readonly transition: Transition;
  readonly sequenceNumber: string;
}

/** Records that are written together: as few calls as possible, and never so many that one failure repeats a lot. */
export interface Slice {
  readonly records: readonly ReceivedRecord[];
  /** In the order of the stream. */
  readonly arrivals: readonly Arrival[];
}

const MAX_ARRIVALS = 2_000;

/** Reads the transitions of a batch, in slices of whole records. What is no record of transitions is left out. */
export function readTransitions(records: readonly ReceivedRecord[]): Slice[] {
  const slices: { records: ReceivedRecord[]; arrivals: Arrival[] }[] = [];
  for (const record of records) {
    const control = controlOf(record);
    if (control?.kind !== 'transitions') continue;
    const { sequenceNumber } = record;
    const arrivals = control.items.map((transition) => ({ transition, sequenceNumber }));
    const last = slices.at(-1);
    if (last && last.arrivals.length + arrivals.length <= MAX_ARRIVALS) {
      last.records.push(record);
      last.arrivals.push(...arrivals);
    } else {
      slices.push({ records: [record], arrivals });
    }
  }
  return slices;
}

/** A barrier, and the record that is it. */
export interface BarrierOf {
  readonly id: string;
  readonly record: ReceivedRecord;
}

/** The barriers of a batch: all that lies before each has been read when the batch is through. */
export const barriersOf = (records: readonly ReceivedRecord[]): BarrierOf[] =>
  records.flatMap((record) => {
    const control = controlOf(record);
    return control?.kind === 'barrier' ? [{ id: control.id, record }] : [];
  });

import type { ControlRecord } from '../../schemas/stream/control.ts';
import { packControl } from '../../shared/stream/pack-control.ts';
import { type PutRecords, storeInOrder } from './store-in-order.ts';

/** Where control records go. */
export interface ControlStream {
  /**
   * Puts records on the stream, packed, in their order per partition key, until `deadline` (milliseconds since 1970).
   * Throws `NotStoredError` when some may not be there; putting them again is safe.
   */
  publish(records: readonly ControlRecord[], deadline: number): Promise<void>;
}

export const createControlStream = (put: PutRecords): ControlStream => ({
  publish: (records, deadline) => storeInOrder(put, packControl(records), deadline),
});

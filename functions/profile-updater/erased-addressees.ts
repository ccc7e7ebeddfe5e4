import type { Key } from '../../schemas/stream/control.ts';
import type { RegisterEntry } from '../../shared/privacy/register.ts';
import { type ControlDelivery, type Delivery, isEventDelivery } from '../../shared/profile/delivery.ts';
import type { KeyBatch } from './group-by-key.ts';

/** The keys of which the register is asked before word about them is taken: the events of a batch were judged already. */
export function keysSpokenOf(batches: readonly KeyBatch[]): Key[] {
  const controls = batches.flatMap(({ key, deliveries }) =>
    deliveries.flatMap((delivery) => (isEventDelivery(delivery) ? [] : namedIn(key, delivery.control))),
  );
  return [...new Set(controls)];
}

/** Takes out of a batch what was on its way about keys that are erased: by it they would come back. */
export function withoutErased(batches: readonly KeyBatch[], known: ReadonlyMap<Key, RegisterEntry>): KeyBatch[] {
  const isErased = (key: Key, time: number): boolean => {
    const erased = known.get(key)?.erased;
    return erased !== undefined && (erased.suppress || time < erased.at);
  };
  const kept = (key: Key, delivery: Delivery): Delivery[] => {
    if (isEventDelivery(delivery)) return [delivery];
    const { control } = delivery;
    const time = timeOf(control);
    if (namedIn(key, control).some((named) => isErased(named, time))) return [];
    if (control.kind !== 'backfill') return [delivery];
    const at = known.get(key)?.erased?.at;
    if (at === undefined) return [delivery];
    const tracks = Object.entries(control.tracks).map(([id, rows]) => [id, rows.filter(([rowAt]) => rowAt >= at)]);
    return [{ ...delivery, control: { ...control, tracks: Object.fromEntries(tracks) } }];
  };
  return batches.flatMap((batch) => {
    const deliveries = batch.deliveries.flatMap((delivery) => kept(batch.key, delivery));
    if (deliveries.length === batch.deliveries.length) return [{ ...batch, deliveries }];
    return deliveries.length === 0 ? [] : [{ ...batch, deliveries }];
  });
}

/** Keys that a record says something of. */
function namedIn(key: Key, control: ControlDelivery['control']): readonly Key[] {
  switch (control.kind) {
    case 'link':
    case 'unlink':
      return [control.child, control.parent];
    case 'part':
      return [control.to, control.child];
    case 'backfill':
      return [key];
    default:
      return [];
  }
}

/** When what a record says happened; a backfill's rows have times of their own. */
function timeOf(control: ControlDelivery['control']): number {
  switch (control.kind) {
    case 'link':
      return control.link.time;
    case 'unlink':
      return control.time;
    case 'part':
      return control.cause.time;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

import {
  eventsLanded,
  failedEventsLanded,
  identitiesLanded,
  marketingSpendLanded,
  rawLanded,
  transitionsLanded,
} from '../../schemas/lake/tables.ts';
import { type TableRows, tableRows } from './column-readers.ts';
import { type EventSource, eventReaders } from './event-row.ts';
import { type FailedEventSource, failedEventReaders } from './failed-event-row.ts';
import { type IdentitySource, identityReaders } from './identity-row.ts';
import { type RawSource, rawReaders } from './raw-row.ts';
import type { ReadRecord } from './read-batch.ts';
import { type SpendSource, spendReaders } from './spend-row.ts';
import { type TransitionSource, transitionReaders } from './transition-row.ts';

/**
 * Rows of every landed table: each message is one row of raw, and one row of either events or failed events; each
 * transition, change of identity and row of spend is a row of its own table. Other word from Headwater itself leaves no rows.
 */
export function landedRows(batch: readonly ReadRecord[]): readonly TableRows[] {
  const raw: RawSource[] = [];
  const events: EventSource[] = [];
  const failed: FailedEventSource[] = [];
  const transitions: TransitionSource[] = [];
  const identities: IdentitySource[] = [];
  const spend: SpendSource[] = [];
  for (const read of batch) {
    const { shardId, sequenceNumber } = read.received;
    const at = (index: number) => ({ shardId, sequenceNumber, index });
    if ('cleaned' in read) {
      const record = read.cleaned;
      for (const item of record.items) {
        const position = at(item.index);
        raw.push({ record, item, position });
        if (item.outcome.ok) events.push({ event: item.outcome.event, position });
        else failed.push({ failed: item.outcome.failed, position });
      }
    } else if (read.control.kind === 'transitions') {
      for (const [index, transition] of read.control.items.entries()) {
        transitions.push({ transition, position: at(index) });
      }
    } else if (read.control.kind === 'identities') {
      for (const [index, change] of read.control.items.entries()) identities.push({ change, position: at(index) });
    } else if (read.control.kind === 'spend') {
      for (const [index, item] of read.control.items.entries()) spend.push({ item, position: at(index) });
    }
  }
  return [
    tableRows(rawLanded, rawReaders, raw),
    tableRows(eventsLanded, eventReaders, events),
    tableRows(failedEventsLanded, failedEventReaders, failed),
    tableRows(transitionsLanded, transitionReaders, transitions),
    tableRows(identitiesLanded, identityReaders, identities),
    tableRows(marketingSpendLanded, spendReaders, spend),
  ];
}

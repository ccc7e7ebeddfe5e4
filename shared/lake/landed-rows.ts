import { eventsLanded, failedEventsLanded, rawLanded } from '../../schemas/lake/tables.ts';
import type { CleanedRecord, ReceivedRecord } from '../clean/cleaned-record.ts';
import { type TableRows, tableRows } from './column-readers.ts';
import { type EventSource, eventReaders } from './event-row.ts';
import { type FailedEventSource, failedEventReaders } from './failed-event-row.ts';
import { type RawSource, rawReaders } from './raw-row.ts';

/**
 * Rows of every landed table: each message is one row of raw, and one row of either events or failed events.
 */
export function landedRows(batch: readonly (readonly [ReceivedRecord, CleanedRecord])[]): readonly TableRows[] {
  const raw: RawSource[] = [];
  const events: EventSource[] = [];
  const failed: FailedEventSource[] = [];
  for (const [{ shardId, sequenceNumber }, record] of batch) {
    for (const item of record.items) {
      const position = { shardId, sequenceNumber, index: item.index };
      raw.push({ record, item, position });
      if (item.outcome.ok) events.push({ event: item.outcome.event, position });
      else failed.push({ failed: item.outcome.failed, position });
    }
  }
  return [
    tableRows(rawLanded, rawReaders, raw),
    tableRows(eventsLanded, eventReaders, events),
    tableRows(failedEventsLanded, failedEventReaders, failed),
  ];
}

import { generateStore } from '../../infra/local/demo/store.ts';
import { cleanRecord } from '../../shared/clean/clean-record.ts';
import type { EventSource } from '../../shared/lake/event-row.ts';
import { demoRecords } from '../fixtures/demo-records.ts';

/** So many cleaned events of demo stores, a store after the other, each in the order of arrival. */
export function eventSources(count: number): EventSource[] {
  const sources: EventSource[] = [];
  for (let seed = 1; sources.length < count; seed++) {
    for (const record of demoRecords(generateStore({ seed, end: new Date('2026-06-01T00:00:00Z') }))) {
      const { shardId, sequenceNumber } = record;
      for (const { index, outcome } of cleanRecord(record).items) {
        if (outcome.ok) sources.push({ event: outcome.event, position: { shardId, sequenceNumber, index } });
      }
    }
  }
  return sources.slice(0, count);
}

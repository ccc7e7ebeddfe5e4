import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { FailedEvent } from '../../../schemas/event/failed-event.ts';
import type { StreamEnvelope } from '../../../schemas/event/stream-record.ts';
import { type CleanedItem, cleanRecord } from '../../../shared/clean/clean-record.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';

/** The clean event of one message in an envelope; fails the test when it was rejected. */
export function cleanOne(message: unknown, envelope: Partial<StreamEnvelope> = {}): CleanEvent {
  return eventOf(cleanRecord(aRecord(anEnvelope([message], envelope))).items[0]);
}

/** The failed event of one message in an envelope; fails the test when it was accepted. */
export function failOne(message: unknown, envelope: Partial<StreamEnvelope> = {}): FailedEvent {
  return failureOf(cleanRecord(aRecord(anEnvelope([message], envelope))).items[0]);
}

export function eventOf(item: CleanedItem | undefined): CleanEvent {
  if (item?.outcome.ok !== true) throw new Error(`Expected a clean event, got ${JSON.stringify(item?.outcome)}.`);
  return item.outcome.event;
}

export function failureOf(item: CleanedItem | undefined): FailedEvent {
  if (item?.outcome.ok !== false) throw new Error(`Expected a failed event, got ${JSON.stringify(item?.outcome)}.`);
  return item.outcome.failed;
}

/** Without the fields that are undefined, as the value would be stored. */
export const stored = <Value>(value: Value): unknown => JSON.parse(JSON.stringify(value));

import {
  alertsLanded,
  auditLogLanded,
  eventsLanded,
  failedEventsLanded,
  identitiesLanded,
  marketingSpendLanded,
  mendedEventsLanded,
  rawLanded,
  recommendationsLanded,
  transitionsLanded,
} from '../../schemas/lake/tables.ts';
import type { CleanedItem, CleanedRecord } from '../clean/cleaned-record.ts';
import { type AlertSource, alertReaders } from './alert-row.ts';
import { type AuditSource, auditReaders } from './audit-row.ts';
import { type TableRows, tableRows } from './column-readers.ts';
import { type EventSource, eventReaders } from './event-row.ts';
import { type FailedEventSource, failedEventReaders } from './failed-event-row.ts';
import { type IdentitySource, identityReaders } from './identity-row.ts';
import { type MendedSource, mendedIn, mendedReaders } from './mended-row.ts';
import { type RawSource, rawReaders } from './raw-row.ts';
import type { ReadRecord } from './read-batch.ts';
import { type RecommendationSource, recommendationReaders } from './recommendation-row.ts';
import { type SpendSource, spendReaders } from './spend-row.ts';
import { type TransitionSource, transitionReaders } from './transition-row.ts';

/**
 * Rows of every landed table: each message is one row of raw, and one row of either events or failed events; a failed
 * event that passes at another try is a row of mended events, too, and one that fails again leaves none: it has its. Each
 * transition, change of identity, row of spend, alert, answer of recommendations and entry of the audit log is a row of its own
 * table. Other word from Headwater itself leaves no rows.
 */
export function landedRows(batch: readonly ReadRecord[]): readonly TableRows[] {
  const raw: RawSource[] = [];
  const events: EventSource[] = [];
  const failed: FailedEventSource[] = [];
  const mended: MendedSource[] = [];
  const transitions: TransitionSource[] = [];
  const identities: IdentitySource[] = [];
  const spend: SpendSource[] = [];
  const alerts: AlertSource[] = [];
  const recommendations: RecommendationSource[] = [];
  const audit: AuditSource[] = [];
  for (const read of batch) {
    const { shardId, sequenceNumber } = read.received;
    const at = (index: number) => ({ shardId, sequenceNumber, index });
    if ('cleaned' in read) {
      const record = read.cleaned;
      for (const item of itemsToLand(record)) {
        const position = at(item.index);
        raw.push({ record, arrivedAt: read.received.arrivedAt, item, position });
        if (item.outcome.ok) events.push({ event: item.outcome.event, position });
        else failed.push({ failed: item.outcome.failed, position });
      }
      mended.push(...mendedIn(read));
    } else if (read.control.kind === 'transitions') {
      for (const [index, transition] of read.control.items.entries()) {
        // That somebody left for good is nothing to remember of them.
        if (transition.cause.type === 'erasure') continue;
        transitions.push({ transition, position: at(index) });
      }
    } else if (read.control.kind === 'identities') {
      for (const [index, change] of read.control.items.entries()) identities.push({ change, position: at(index) });
    } else if (read.control.kind === 'spend') {
      for (const [index, item] of read.control.items.entries()) spend.push({ item, position: at(index) });
    } else if (read.control.kind === 'alerts') {
      for (const [index, alert] of read.control.items.entries()) alerts.push({ alert, position: at(index) });
    } else if (read.control.kind === 'recommendations') {
      for (const [index, answered] of read.control.items.entries()) {
        recommendations.push({ answered, position: at(index) });
      }
    } else if (read.control.kind === 'audit') {
      for (const [index, entry] of read.control.items.entries()) audit.push({ entry, position: at(index) });
    }
  }
  return [
    tableRows(rawLanded, rawReaders, raw),
    tableRows(eventsLanded, eventReaders, events),
    tableRows(failedEventsLanded, failedEventReaders, failed),
    tableRows(mendedEventsLanded, mendedReaders, mended),
    tableRows(transitionsLanded, transitionReaders, transitions),
    tableRows(identitiesLanded, identityReaders, identities),
    tableRows(marketingSpendLanded, spendReaders, spend),
    tableRows(alertsLanded, alertReaders, alerts),
    tableRows(recommendationsLanded, recommendationReaders, recommendations),
    tableRows(auditLogLanded, auditReaders, audit),
  ];
}

/** A failed event that fails again is in the lake already. */
const itemsToLand = ({ replay, items }: CleanedRecord): readonly CleanedItem[] =>
  replay === undefined || replay.isRecord ? items : items.filter(({ outcome }) => outcome.ok);

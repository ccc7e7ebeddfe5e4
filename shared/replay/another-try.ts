import type { StreamEnvelope } from '../../schemas/event/stream-record.ts';
import { cleanRaw } from '../clean/clean-raw.ts';
import { type CleanRules, cleanRecord } from '../clean/clean-record.ts';
import type { CleanedItem } from '../clean/cleaned-record.ts';
import { uncompressRecord } from '../stream/compressed-record.ts';
import type { FailedRow } from './result-rows.ts';

/** What becomes of a failed event when it is cleaned today. */
export type AnotherTry =
  | { readonly passes: true; readonly profileKey: string | undefined; readonly envelope: StreamEnvelope }
  | { readonly passes: false; readonly reason: string };

/** Records of which not even the messages could be told apart. */
const ofRecords: ReadonlySet<string> = new Set(['record_unreadable', 'record_invalid']);

/**
 * Cleans a failed event as it would be cleaned now. One that passes has an envelope for the stream: with the source, the
 * time and the sender that it came with, and the mark by which it stays the same event.
 */
export function anotherTry(row: FailedRow, replayId: string, rules: CleanRules): AnotherTry {
  return ofRecords.has(row.reason) ? tryRecord(row, replayId, rules) : tryMessage(row, replayId, rules);
}

function tryMessage(row: FailedRow, replayId: string, { spaces }: CleanRules): AnotherTry {
  const item = cleanRaw(row, spaces);
  if (item === undefined || !item.outcome.ok) return { passes: false, reason: reasonOf(item) ?? row.reason };
  const envelope = envelopeOf(row, [item.message], markOf(row, replayId, false), row);
  return { passes: true, profileKey: item.outcome.event.profileKey, envelope };
}

/** All messages of a record that can be read now; of each it is said on its way whether it passes. */
function tryRecord(row: FailedRow, replayId: string, rules: CleanRules): AnotherTry {
  const { shardId, sequenceNumber, payload, payloadEncoding, receivedAt } = row;
  // Code from before records were compressed set those that it found on the stream aside as they were.
  const data = uncompressRecord(Buffer.from(payload, payloadEncoding === 'base64' ? 'base64' : 'utf8'));
  const { items, ...record } = cleanRecord({ data, shardId, sequenceNumber, arrivedAt: receivedAt }, rules);
  const [first] = items;
  const reason = reasonOf(first);
  if (first === undefined || (reason !== undefined && ofRecords.has(reason))) {
    return { passes: false, reason: reason ?? row.reason };
  }
  const messages = items.map(({ message }) => message);
  const profileKey = items.flatMap(({ outcome }) => (outcome.ok ? outcome.event.profileKey : []))[0];
  return { passes: true, profileKey, envelope: envelopeOf(record, messages, markOf(row, replayId, true), record) };
}

const reasonOf = (item: CleanedItem | undefined): string | undefined =>
  item === undefined || item.outcome.ok ? undefined : item.outcome.failed.reason;

const markOf = (row: FailedRow, id: string, isRecord: boolean): NonNullable<StreamEnvelope['replay']> => ({
  id,
  reason: row.reason,
  sourceId: row.sourceId,
  messageId: row.messageId,
  shardId: row.shardId,
  sequenceNumber: row.sequenceNumber,
  index: row.index,
  isRecord,
});

interface Sender {
  readonly sentAt?: number | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

function envelopeOf(
  { sourceId, receivedAt }: { readonly sourceId: string; readonly receivedAt: number },
  events: unknown[],
  replay: NonNullable<StreamEnvelope['replay']>,
  { sentAt, ip, userAgent }: Sender,
): StreamEnvelope {
  return {
    v: 1,
    kind: 'events',
    sourceId,
    receivedAt: new Date(receivedAt).toISOString(),
    ...(sentAt !== undefined && { sentAt: new Date(sentAt).toISOString() }),
    ...(ip !== undefined && { ip }),
    ...(userAgent !== undefined && { userAgent }),
    ...(sourceId.startsWith('import:') && { imported: true }),
    replay,
    events,
  };
}

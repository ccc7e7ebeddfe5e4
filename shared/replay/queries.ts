import type { Days } from '../../schemas/replay.ts';
import { quote } from '../segments/sql/quote.ts';

const between = ({ from, to }: Days, column = 'day'): string => `${column} BETWEEN ${quote(from)} AND ${quote(to)}`;

/** Messages that arrived in these days and did not fail then: what failed comes by another try, with a place of its own. */
export const rawSql = (days: Days): string => `SELECT
  day, shard_id, sequence_number, record_index, message_id, source_id, received_at, arrived_at, sent_at, ip, user_agent,
  payload
FROM raw
WHERE ${between(days)} AND failed_reason IS NULL`;

/** Keys that events of these days were counted for: cleaning may since have come to give them to others. */
export const keysSql = (days: Days): string => `SELECT DISTINCT profile_key FROM events WHERE ${between(days)}`;

/** Days before the first one in which a message counts as the same: a copy that came later than that is another event. */
const SAME_DAYS = 7;

/**
 * Failed events of these days, each with what its record said of it, in the order of arrival. The last column says whether
 * its message is an event by now: a client has sent it once more, or a replay that was cut short has put it back.
 */
export function failedSql(days: Days, reason: string | undefined): string {
  const first = new Date(Date.parse(days.from) - SAME_DAYS * 86_400_000).toISOString().slice(0, 10);
  return `SELECT
  reason, failed.message_id, failed.source_id, received_at, payload, payload_encoding, failed.shard_id,
  failed.sequence_number, failed.record_index, sent_at, ip, user_agent, known
FROM (
  SELECT
    *,
    coalesce(message_id, shard_id || '-' || sequence_number || '-' || CAST(record_index AS varchar)) AS counted_as
  FROM failed_events
  WHERE ${between(days)}${reason === undefined ? '' : ` AND reason = ${quote(reason)}`}
) AS failed
LEFT JOIN (
  SELECT shard_id, sequence_number, record_index, sent_at, ip, user_agent
  FROM raw
  WHERE ${between(days)} AND failed_reason IS NOT NULL
) AS received
  ON received.shard_id = failed.shard_id
  AND received.sequence_number = failed.sequence_number
  AND received.record_index = failed.record_index
LEFT JOIN (
  SELECT DISTINCT source_id, message_id, 'known' AS known
  FROM events
  WHERE day >= ${quote(first)}
) AS counted
  ON counted.source_id = failed.source_id AND counted.message_id = failed.counted_as
ORDER BY received_at, failed.shard_id, failed.sequence_number, failed.record_index`;
}

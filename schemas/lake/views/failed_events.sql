SELECT
  reason, path, detail, message_id, source_id, received_at, payload, payload_encoding, shard_id,
  sequence_number, record_index, day
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY source_id, reason, coalesce(message_id, shard_id || ':' || sequence_number || ':' || CAST(record_index AS varchar))
      ORDER BY received_at, sequence_number, record_index
    ) AS copy
  FROM failed_events_landed
)
WHERE copy = 1

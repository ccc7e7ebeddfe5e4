SELECT
  message_id, source_id, received_at, sent_at, ip, user_agent, payload, shard_id, sequence_number,
  record_index, day
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY shard_id, sequence_number, record_index
      ORDER BY received_at
    ) AS copy
  FROM raw_landed
)
WHERE copy = 1

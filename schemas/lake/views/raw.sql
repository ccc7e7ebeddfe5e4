-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  message_id, source_id, received_at, arrived_at, sent_at, ip, user_agent, payload, failed_reason, request_id,
  shard_id, sequence_number, record_index, day
FROM raw_sealed
WHERE day < (SELECT sealed_before FROM sealing)
UNION ALL
SELECT
  message_id, source_id, received_at, arrived_at, sent_at, ip, user_agent, payload, failed_reason, request_id,
  shard_id, sequence_number, record_index, day
FROM (
  SELECT
    *,
    lag(day) OVER (
      PARTITION BY id
      ORDER BY day, received_at, sequence_number, record_index
    ) AS copied_on
  FROM (
    SELECT
      *,
      substr(to_hex(md5(to_utf8(concat_ws(chr(0), shard_id, sequence_number, CAST(record_index AS varchar))))), 1, 20) AS id
    FROM raw_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
LEFT JOIN (
  SELECT id AS sealed_id, max(day) AS sealed_on
  FROM sealed_ids
  WHERE relation = 'raw' AND day < (SELECT sealed_before FROM sealing)
  GROUP BY id
) ON sealed_id = id
WHERE coalesce(copied_on, sealed_on) IS NULL
  OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7

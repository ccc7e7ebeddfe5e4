-- Without those that were mended: a replay has put them into events. Sealed days as they are; later ones without copies:
-- rows that came before in the last seven days, sealed or not.
SELECT
  reason, path, detail, message_id, source_id, received_at, payload, payload_encoding, shard_id, sequence_number,
  record_index, day
FROM (
  SELECT
    reason, path, detail, message_id, source_id, received_at, payload, payload_encoding, shard_id, sequence_number,
    record_index, day
  FROM failed_events_sealed
  WHERE day < (SELECT sealed_before FROM sealing)
  UNION ALL
  SELECT
    reason, path, detail, message_id, source_id, received_at, payload, payload_encoding, shard_id, sequence_number,
    record_index, day
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
        substr(to_hex(md5(to_utf8(CASE
          WHEN message_id IS NULL THEN concat_ws(chr(0), shard_id, sequence_number, CAST(record_index AS varchar))
          ELSE concat_ws(chr(0), source_id, reason, message_id)
        END))), 1, 20) AS id
      FROM failed_events_landed
      WHERE day >= (SELECT sealed_before FROM sealing)
    )
  )
  LEFT JOIN (
    SELECT id AS sealed_id, max(day) AS sealed_on
    FROM sealed_ids
    WHERE relation = 'failed_events' AND day < (SELECT sealed_before FROM sealing)
    GROUP BY id
  ) ON sealed_id = id
  WHERE coalesce(copied_on, sealed_on) IS NULL
    OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7
)
LEFT JOIN (
  SELECT DISTINCT
    source_id AS mended_source_id,
    coalesce(
      failed_message_id,
      concat_ws(chr(0), failed_shard_id, failed_sequence_number, CAST(failed_record_index AS varchar))
    ) AS mended_id
  FROM mended_events
) ON mended_source_id = source_id
  AND mended_id = coalesce(
    message_id,
    concat_ws(chr(0), shard_id, sequence_number, CAST(record_index AS varchar))
  )
WHERE mended_id IS NULL

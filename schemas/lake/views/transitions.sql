-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  transition_id, profile_id, person_key, transition_number, segment_id, version, change, changed_at, cause,
  cause_event, cause_message_id, cause_time, shard_id, sequence_number, record_index, day
FROM transitions_sealed
WHERE day < (SELECT sealed_before FROM sealing)
UNION ALL
SELECT
  transition_id, profile_id, person_key, transition_number, segment_id, version, change, changed_at, cause,
  cause_event, cause_message_id, cause_time, shard_id, sequence_number, record_index, day
FROM (
  SELECT
    *,
    lag(day) OVER (
      PARTITION BY id
      ORDER BY day, sequence_number, record_index
    ) AS copied_on
  FROM (
    SELECT
      *,
      substr(to_hex(md5(to_utf8(transition_id))), 1, 20) AS id
    FROM transitions_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
LEFT JOIN (
  SELECT id AS sealed_id, max(day) AS sealed_on
  FROM sealed_ids
  WHERE relation = 'transitions' AND day < (SELECT sealed_before FROM sealing)
  GROUP BY id
) ON sealed_id = id
WHERE coalesce(copied_on, sealed_on) IS NULL
  OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7

SELECT
  transition_id, profile_id, person_key, transition_number, segment_id, version, change, changed_at, cause,
  cause_event, cause_message_id, cause_time, shard_id, sequence_number, record_index, day
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY transition_id
      ORDER BY sequence_number, record_index, day
    ) AS copy
  FROM transitions_landed
)
WHERE copy = 1

SELECT
  segment_id, profile_id, person_key, changed_at AS since, version
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY profile_id, segment_id
      ORDER BY transition_number DESC
    ) AS place
  FROM transitions_landed
)
WHERE place = 1 AND change = 'entered'

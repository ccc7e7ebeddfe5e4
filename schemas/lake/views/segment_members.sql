SELECT
  segment_id, profile_id, person_key, changed_at AS since, version
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY profile_id, segment_id
      ORDER BY transition_number DESC
    ) AS place
  FROM (
    SELECT segment_id, profile_id, person_key, transition_number, change, changed_at, version
    FROM transitions_sealed
    WHERE day < (SELECT sealed_before FROM sealing)
    UNION ALL
    SELECT segment_id, profile_id, person_key, transition_number, change, changed_at, version
    FROM transitions_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
WHERE place = 1 AND change = 'entered'

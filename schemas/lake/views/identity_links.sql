SELECT
  profile_key, parent_key, moves, changed_at, why, message_id
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY profile_key
      ORDER BY moves DESC
    ) AS place
  FROM (
    SELECT profile_key, parent_key, moves, changed_at, why, message_id
    FROM identities_sealed
    WHERE day < (SELECT sealed_before FROM sealing)
    UNION ALL
    SELECT profile_key, parent_key, moves, changed_at, why, message_id
    FROM identities_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
WHERE place = 1

SELECT
  profile_key, parent_key, moves, changed_at, why, message_id
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY profile_key
      ORDER BY moves DESC
    ) AS place
  FROM identities_landed
)
WHERE place = 1

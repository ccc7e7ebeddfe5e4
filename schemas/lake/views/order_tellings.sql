WITH placed AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY person_key, strand ORDER BY first_at, profile_key, day) AS place
  FROM visit_parts
  WHERE ordered_at IS NOT NULL
)
SELECT
  person_key, strand, profile_key, visit_at, ordered_at AS order_completed_at, day
FROM placed
WHERE place = 1

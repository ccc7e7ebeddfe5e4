-- Steps up the tree of keys: one, then twice as many each time. Each key stands there as itself (side 1) and as a child
-- (side 2): so a window brings what lies above the parent to the child, where a join would read the table again.
WITH one_up AS (
  SELECT profile_key, parent_key, why, message_id, changed_at, coalesce(parent_key, profile_key) AS up
  FROM (
    SELECT *, row_number() OVER (PARTITION BY profile_key ORDER BY moves DESC) AS place
    FROM identities_landed
  )
  WHERE place = 1
),
two_up AS (
  SELECT profile_key, parent_key, why, message_id, changed_at, coalesce(above, up) AS up
  FROM (
    SELECT
      one_up.*, side,
      max(CASE WHEN side = 1 THEN up END) OVER (
        PARTITION BY CASE WHEN side = 1 THEN profile_key ELSE up END
      ) AS above
    FROM one_up CROSS JOIN (VALUES 1, 2) AS sides (side)
  )
  WHERE side = 2
),
four_up AS (
  SELECT profile_key, parent_key, why, message_id, changed_at, coalesce(above, up) AS up
  FROM (
    SELECT
      two_up.*, side,
      max(CASE WHEN side = 1 THEN up END) OVER (
        PARTITION BY CASE WHEN side = 1 THEN profile_key ELSE up END
      ) AS above
    FROM two_up CROSS JOIN (VALUES 1, 2) AS sides (side)
  )
  WHERE side = 2
),
eight_up AS (
  SELECT profile_key, parent_key, why, message_id, changed_at, coalesce(above, up) AS up
  FROM (
    SELECT
      four_up.*, side,
      max(CASE WHEN side = 1 THEN up END) OVER (
        PARTITION BY CASE WHEN side = 1 THEN profile_key ELSE up END
      ) AS above
    FROM four_up CROSS JOIN (VALUES 1, 2) AS sides (side)
  )
  WHERE side = 2
)
SELECT
  profile_key, up AS person_key, parent_key, why, message_id, changed_at
FROM eight_up

-- Steps up the tree of keys: one, then twice as many each time. Each key stands under itself (side 1) and under what is
-- above it (side 2): so each node meets its children, and hands them what is above itself. A join would read the table
-- again for either side, and again for each step.
WITH one_up AS (
  SELECT profile_key, max_by(coalesce(parent_key, profile_key), moves) AS up
  FROM (
    SELECT profile_key, parent_key, moves FROM identities_sealed WHERE day < (SELECT sealed_before FROM sealing)
    UNION ALL
    SELECT profile_key, parent_key, moves FROM identities_landed WHERE day >= (SELECT sealed_before FROM sealing)
  )
  GROUP BY profile_key
),
two_up AS (
  SELECT child AS profile_key, coalesce(above, node) AS up
  FROM (
    SELECT node, max(CASE WHEN side = 1 THEN up END) AS above, array_agg(profile_key) FILTER (WHERE side = 2) AS children
    FROM (
      SELECT profile_key, up, side, CASE WHEN side = 1 THEN profile_key ELSE up END AS node
      FROM one_up CROSS JOIN (VALUES 1, 2) AS sides (side)
    )
    GROUP BY node
  )
  CROSS JOIN UNNEST(children) AS below (child)
),
four_up AS (
  SELECT child AS profile_key, coalesce(above, node) AS up
  FROM (
    SELECT node, max(CASE WHEN side = 1 THEN up END) AS above, array_agg(profile_key) FILTER (WHERE side = 2) AS children
    FROM (
      SELECT profile_key, up, side, CASE WHEN side = 1 THEN profile_key ELSE up END AS node
      FROM two_up CROSS JOIN (VALUES 1, 2) AS sides (side)
    )
    GROUP BY node
  )
  CROSS JOIN UNNEST(children) AS below (child)
),
eight_up AS (
  SELECT child AS profile_key, coalesce(above, node) AS up
  FROM (
    SELECT node, max(CASE WHEN side = 1 THEN up END) AS above, array_agg(profile_key) FILTER (WHERE side = 2) AS children
    FROM (
      SELECT profile_key, up, side, CASE WHEN side = 1 THEN profile_key ELSE up END AS node
      FROM four_up CROSS JOIN (VALUES 1, 2) AS sides (side)
    )
    GROUP BY node
  )
  CROSS JOIN UNNEST(children) AS below (child)
)
SELECT
  profile_key, up AS person_key
FROM eight_up

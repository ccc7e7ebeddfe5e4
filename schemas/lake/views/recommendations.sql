-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  recommendation_id, profile_key, placement, variant, model_version, category, items, requested_at,
  coalesce(person_key, profile_key) AS person_key, day
FROM (
  SELECT
    recommendation_id, profile_key, placement, variant, model_version, category, items, requested_at, day
  FROM recommendations_sealed
  WHERE day < (SELECT sealed_before FROM sealing)
  UNION ALL
  SELECT
    recommendation_id, profile_key, placement, variant, model_version, category, items, requested_at, day
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
        substr(to_hex(md5(to_utf8(recommendation_id))), 1, 20) AS id
      FROM recommendations_landed
      WHERE day >= (SELECT sealed_before FROM sealing)
    )
  )
  LEFT JOIN (
    SELECT id AS sealed_id, max(day) AS sealed_on
    FROM sealed_ids
    WHERE relation = 'recommendations' AND day < (SELECT sealed_before FROM sealing)
    GROUP BY id
  ) ON sealed_id = id
  WHERE coalesce(copied_on, sealed_on) IS NULL
    OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7
)
LEFT JOIN (
  SELECT profile_key AS joined_key, person_key FROM identities
) ON joined_key = profile_key

-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  alert_id, rule, raised_at, date, metric, value, expected, change, threshold, detail, day
FROM alerts_sealed
WHERE day < (SELECT sealed_before FROM sealing)
UNION ALL
SELECT
  alert_id, rule, raised_at, date, metric, value, expected, change, threshold, detail, day
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
      substr(to_hex(md5(to_utf8(alert_id))), 1, 20) AS id
    FROM alerts_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
LEFT JOIN (
  SELECT id AS sealed_id, max(day) AS sealed_on
  FROM sealed_ids
  WHERE relation = 'alerts' AND day < (SELECT sealed_before FROM sealing)
  GROUP BY id
) ON sealed_id = id
WHERE coalesce(copied_on, sealed_on) IS NULL
  OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7

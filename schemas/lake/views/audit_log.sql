-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  audit_id, occurred_at, actor, actor_type, source_ip, action, target_type, target, outcome, scope, uses, request_id, day
FROM audit_log_sealed
WHERE day < (SELECT sealed_before FROM sealing)
UNION ALL
SELECT
  audit_id, occurred_at, actor, actor_type, source_ip, action, target_type, target, outcome, scope, uses, request_id, day
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
      substr(to_hex(md5(to_utf8(audit_id))), 1, 20) AS id
    FROM audit_log_landed
    WHERE day >= (SELECT sealed_before FROM sealing)
  )
)
LEFT JOIN (
  SELECT id AS sealed_id, max(day) AS sealed_on
  FROM sealed_ids
  WHERE relation = 'audit_log' AND day < (SELECT sealed_before FROM sealing)
  GROUP BY id
) ON sealed_id = id
WHERE coalesce(copied_on, sealed_on) IS NULL
  OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7

WITH placed AS (
  SELECT
    person_key,
    first_at,
    max(last_at) OVER (PARTITION BY person_key ORDER BY first_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM visit_parts
  WHERE strand = ''
)
SELECT
  person_key
FROM placed
WHERE first_at < before + INTERVAL '30' MINUTE
GROUP BY person_key

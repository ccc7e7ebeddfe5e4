-- Whoever comes back within half an hour goes on with the same visit. Parts that have no other so near are left out: nearly
-- all are visits by themselves.
WITH placed AS (
  SELECT
    person_key,
    profile_key,
    first_at,
    last_at,
    day,
    max(last_at) OVER (PARTITION BY person_key ORDER BY first_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
    lead(first_at) OVER (PARTITION BY person_key ORDER BY first_at) AS next_at
  FROM visit_parts
  WHERE strand = ''
)
SELECT
  person_key,
  profile_key,
  first_at AS visit_at,
  max(CASE WHEN before IS NULL OR first_at >= before + INTERVAL '30' MINUTE THEN first_at END) OVER (PARTITION BY person_key ORDER BY first_at) AS started_at,
  day
FROM placed
WHERE first_at < before + INTERVAL '30' MINUTE
  OR next_at < greatest(last_at, coalesce(before, last_at)) + INTERVAL '30' MINUTE

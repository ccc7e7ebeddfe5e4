SELECT
  coalesce(max(value), '') AS sealed_before
FROM lake_marks
WHERE mark = 'sealed_before' AND effective_at <= localtimestamp

SELECT
  coalesce(max(CASE mark WHEN 'sealed_before' THEN value END), '') AS sealed_before,
  coalesce(max(CASE mark WHEN 'visits_before' THEN value END), '') AS visits_before
FROM lake_marks
WHERE effective_at <= localtimestamp

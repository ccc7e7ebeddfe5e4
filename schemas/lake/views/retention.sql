-- Each person's days become their days, weeks and months; the first of each kind is the cohort's. What comes of a cohort
-- in a period is counted once, then carried on as zero up to the period before the next that has anything.
WITH person_days AS (
  SELECT
    person_key, active_on,
    bool_or(NOT is_bot) AS is_active,
    bool_or(event = 'Order Completed') AS is_buyer
  FROM (
    SELECT person_key, date(event_time) AS active_on, is_bot, event
    FROM events
  )
  GROUP BY person_key, active_on
),
person_periods AS (
  SELECT
    person_key, period, start_on,
    bool_or(is_active) AS is_active,
    bool_or(is_buyer) AS is_buyer,
    max(newest_on) AS newest_on
  FROM (
    SELECT
      person_key, period, is_active, is_buyer, newest_on,
      CASE period WHEN 'day' THEN active_on WHEN 'week' THEN date_trunc('week', active_on) ELSE date_trunc('month', active_on) END AS start_on
    FROM (
      SELECT *, max(active_on) OVER () AS newest_on
      FROM person_days
    )
    CROSS JOIN (VALUES 'day', 'week', 'month') AS periods (period)
  )
  GROUP BY person_key, period, start_on
),
person_cohorts AS (
  SELECT
    *,
    min(CASE WHEN is_active THEN start_on END) OVER (PARTITION BY person_key, period) AS cohort_on
  FROM person_periods
),
numbered AS (
  SELECT
    period, cohort_on, is_active, is_buyer, newest_on,
    CASE period
      WHEN 'day' THEN date_diff('day', cohort_on, start_on)
      WHEN 'week' THEN date_diff('day', cohort_on, start_on) / 7
      ELSE 12 * (year(start_on) - year(cohort_on)) + month(start_on) - month(cohort_on)
    END AS number
  FROM person_cohorts
  WHERE start_on >= cohort_on
),
counted AS (
  SELECT
    period, cohort_on, number,
    max(newest_on) AS newest_on,
    count_if(is_active) AS active,
    count_if(is_buyer) AS buyers
  FROM numbered
  WHERE number <= CASE period WHEN 'day' THEN 90 WHEN 'week' THEN 104 ELSE 120 END
  GROUP BY period, cohort_on, number
),
bounded AS (
  SELECT
    *,
    max(CASE WHEN number = 0 THEN active END) OVER (PARTITION BY period, cohort_on) AS cohort_size,
    lead(number) OVER (PARTITION BY period, cohort_on ORDER BY number) - 1 AS before_next,
    CASE period
      WHEN 'day' THEN least(90, date_diff('day', cohort_on, newest_on))
      WHEN 'week' THEN least(104, date_diff('day', cohort_on, newest_on) / 7)
      ELSE least(120, 12 * (year(newest_on) - year(cohort_on)) + month(newest_on) - month(cohort_on))
    END AS last_number
  FROM counted
),
filled AS (
  SELECT
    period, cohort_size, newest_on,
    CAST(cohort_on AS varchar) AS cohort,
    CAST(each_number AS bigint) AS period_number,
    CASE WHEN each_number = number THEN active ELSE 0 END AS active,
    CASE WHEN each_number = number THEN buyers ELSE 0 END AS buyers,
    CASE period
      WHEN 'day' THEN date_add('day', each_number + 1, cohort_on)
      WHEN 'week' THEN date_add('day', 7 * (each_number + 1), cohort_on)
      ELSE date_add('month', each_number + 1, cohort_on)
    END AS ends_on
  FROM bounded
  CROSS JOIN UNNEST(sequence(number, coalesce(before_next, last_number))) AS each_period (each_number)
),
rated AS (
  SELECT
    *,
    CAST(active AS double) / cohort_size AS retention_rate,
    ends_on <= newest_on AS is_complete
  FROM filled
)
SELECT
  period, cohort, period_number, cohort_size, active, retention_rate, buyers, is_complete
FROM rated

-- A person counts among the active of 7 and 30 days from each date on which they were there until the next one, or until
-- the span is over: two steps, up and down, whose running sum is the number of people. People of one date who come back
-- after as many days make the same steps, and are counted first. Dates without anything are filled in at the end.
WITH person_days AS (
  SELECT
    person_key,
    active_on,
    sum(page_views) AS page_views,
    lag(active_on) OVER (PARTITION BY person_key ORDER BY active_on) AS last_on,
    lead(active_on) OVER (PARTITION BY person_key ORDER BY active_on) AS next_on
  FROM (
    SELECT person_key, date(first_at) AS active_on, page_views
    FROM visit_parts
    WHERE strand = ''
  )
  GROUP BY person_key, active_on
),
returns AS (
  SELECT
    active_on,
    coalesce(least(date_diff('day', active_on, next_on), 30), 30) AS days_until,
    count(*) AS people,
    count_if(last_on IS NULL) AS new_people,
    sum(page_views) AS page_views
  FROM person_days
  GROUP BY 1, 2
),
active_days AS (
  SELECT
    fact_on,
    sum(CASE WHEN span = 0 THEN people ELSE 0 END) AS dau,
    sum(CASE WHEN span = 0 THEN new_people ELSE 0 END) AS new_visitors,
    sum(CASE span WHEN 0 THEN people WHEN 7 THEN -people ELSE 0 END) AS wau_change,
    sum(CASE span WHEN 0 THEN people WHEN 30 THEN -people ELSE 0 END) AS mau_change,
    sum(CASE WHEN span = 0 THEN page_views END) AS page_views
  FROM (
    SELECT *, date_add('day', least(span, days_until), active_on) AS fact_on
    FROM returns
    CROSS JOIN (VALUES 0, 7, 30) AS spans (span)
  )
  GROUP BY fact_on
),
visit_days AS (
  SELECT
    date(started_at) AS fact_on,
    count(DISTINCT person_key) AS visitors,
    count(*) AS sessions,
    count_if(is_bounce) AS bounces,
    sum(duration_seconds) AS seconds,
    count(product_added_at) AS carts,
    count(checkout_started_at) AS checkouts,
    count_if(orders > 0) AS converting_sessions
  FROM visits
  GROUP BY date(started_at)
),
order_days AS (
  SELECT
    date(ordered_at) AS fact_on,
    count(*) AS orders,
    count(DISTINCT person_key) AS buyers,
    count_if(is_first) AS new_buyers,
    sum(units) AS units,
    count_if(orders.currency = reporting.currency) AS orders_in_currency,
    sum(CASE WHEN orders.currency = reporting.currency THEN amount END) AS revenue
  FROM orders
  CROSS JOIN reporting
  GROUP BY date(ordered_at)
),
refund_days AS (
  SELECT
    date(refunded_at) AS fact_on,
    sum(amount) AS refunds
  FROM refunds
  CROSS JOIN reporting
  WHERE refunds.currency = reporting.currency
  GROUP BY date(refunded_at)
),
known_days AS (
  SELECT
    *,
    sum(coalesce(wau_change, 0)) OVER (ORDER BY fact_on) AS wau,
    sum(coalesce(mau_change, 0)) OVER (ORDER BY fact_on) AS mau,
    max(CASE WHEN dau > 0 OR orders > 0 OR refunds IS NOT NULL THEN fact_on END) OVER () AS last_on
  FROM active_days
  FULL JOIN visit_days USING (fact_on)
  FULL JOIN order_days USING (fact_on)
  FULL JOIN refund_days USING (fact_on)
),
all_days AS (
  SELECT
    *,
    date_add('day', days_after, fact_on) AS on_date,
    days_after = 0 AS is_known
  FROM (
    SELECT *, lead(fact_on) OVER (ORDER BY fact_on) AS next_on
    FROM known_days
    WHERE fact_on <= last_on
  )
  CROSS JOIN UNNEST(sequence(0, least(coalesce(date_diff('day', fact_on, next_on), 1), 10000) - 1)) AS filled (days_after)
),
figures AS (
  SELECT
    on_date,
    wau,
    mau,
    coalesce(CASE WHEN is_known THEN dau END, 0) AS dau,
    coalesce(CASE WHEN is_known THEN visitors END, 0) AS visitors,
    coalesce(CASE WHEN is_known THEN new_visitors END, 0) AS new_visitors,
    coalesce(CASE WHEN is_known THEN sessions END, 0) AS sessions,
    coalesce(CASE WHEN is_known THEN bounces END, 0) AS bounces,
    coalesce(CASE WHEN is_known THEN page_views END, 0) AS page_views,
    coalesce(CASE WHEN is_known THEN seconds END, 0) AS seconds,
    coalesce(CASE WHEN is_known THEN carts END, 0) AS carts,
    coalesce(CASE WHEN is_known THEN checkouts END, 0) AS checkouts,
    coalesce(CASE WHEN is_known THEN converting_sessions END, 0) AS converting_sessions,
    coalesce(CASE WHEN is_known THEN orders END, 0) AS orders,
    coalesce(CASE WHEN is_known THEN buyers END, 0) AS buyers,
    coalesce(CASE WHEN is_known THEN new_buyers END, 0) AS new_buyers,
    coalesce(CASE WHEN is_known THEN units END, 0) AS units,
    coalesce(CASE WHEN is_known THEN orders_in_currency END, 0) AS orders_in_currency,
    coalesce(CASE WHEN is_known THEN TRY_CAST(revenue AS decimal(18,4)) END, 0) AS revenue,
    coalesce(CASE WHEN is_known THEN TRY_CAST(refunds AS decimal(18,4)) END, 0) AS refunds
  FROM all_days
),
kpis AS (
  SELECT
    *,
    CAST(on_date AS varchar) AS date,
    visitors - new_visitors AS returning_visitors,
    bounces / nullif(CAST(sessions AS double), 0) AS bounce_rate,
    seconds / nullif(CAST(sessions AS double), 0) AS average_session_seconds,
    converting_sessions / nullif(CAST(sessions AS double), 0) AS conversion_rate,
    TRY_CAST(revenue - refunds AS decimal(18,4)) AS net_revenue,
    TRY_CAST(revenue / nullif(orders_in_currency, 0) AS decimal(18,4)) AS average_order_value,
    dau / nullif(CAST(mau AS double), 0) AS stickiness
  FROM figures
  CROSS JOIN reporting
)
SELECT
  date, visitors, new_visitors, returning_visitors, sessions, bounces, bounce_rate, page_views, average_session_seconds,
  carts, checkouts, orders, converting_sessions, conversion_rate, buyers, new_buyers, units, currency, revenue, refunds,
  net_revenue, average_order_value, dau, wau, mau, stickiness
FROM kpis

-- Bounds between the fifths are the values at a fifth, two, three and four of all customers in order (nearest rank), as
-- those of GET /v1/rfm-quintiles: so customers of one value have one score, however many they are. A value at a bound
-- reaches the fifth above it; where several bounds are that value, the lowest of the fifths.
WITH customers AS (
  SELECT
    person_key,
    max(ordered_at) AS last_order_at,
    count_if(NOT is_cancelled) AS frequency,
    count_if(NOT is_cancelled AND orders.currency = reporting.currency) AS orders_in_currency,
    max(reporting.currency) AS currency,
    sum(CASE
      WHEN orders.currency <> reporting.currency THEN 0
      WHEN is_cancelled THEN least(amount, refunded) - refunded
      ELSE amount - refunded
    END) AS net_revenue
  FROM orders
  CROSS JOIN reporting
  GROUP BY person_key
),
measured AS (
  SELECT
    *,
    date_diff('day', date(last_order_at), date(newest_at)) AS recency_days,
    TRY_CAST(net_revenue AS decimal(18,4)) AS monetary
  FROM customers
  CROSS JOIN (SELECT max(event_time) AS newest_at FROM events)
  WHERE orders_in_currency > 0
),
ranked AS (
  SELECT
    *,
    count(*) OVER () AS customers,
    row_number() OVER (ORDER BY recency_days) AS recency_rank,
    row_number() OVER (ORDER BY frequency) AS frequency_rank,
    row_number() OVER (ORDER BY monetary) AS monetary_rank
  FROM measured
),
bounded AS (
  SELECT
    *,
    max(CASE WHEN recency_rank = (customers + 4) / 5 THEN recency_days END) OVER () AS recency_1,
    max(CASE WHEN recency_rank = (2 * customers + 4) / 5 THEN recency_days END) OVER () AS recency_2,
    max(CASE WHEN recency_rank = (3 * customers + 4) / 5 THEN recency_days END) OVER () AS recency_3,
    max(CASE WHEN recency_rank = (4 * customers + 4) / 5 THEN recency_days END) OVER () AS recency_4,
    max(CASE WHEN frequency_rank = (customers + 4) / 5 THEN frequency END) OVER () AS frequency_1,
    max(CASE WHEN frequency_rank = (2 * customers + 4) / 5 THEN frequency END) OVER () AS frequency_2,
    max(CASE WHEN frequency_rank = (3 * customers + 4) / 5 THEN frequency END) OVER () AS frequency_3,
    max(CASE WHEN frequency_rank = (4 * customers + 4) / 5 THEN frequency END) OVER () AS frequency_4,
    max(CASE WHEN monetary_rank = (customers + 4) / 5 THEN monetary END) OVER () AS monetary_1,
    max(CASE WHEN monetary_rank = (2 * customers + 4) / 5 THEN monetary END) OVER () AS monetary_2,
    max(CASE WHEN monetary_rank = (3 * customers + 4) / 5 THEN monetary END) OVER () AS monetary_3,
    max(CASE WHEN monetary_rank = (4 * customers + 4) / 5 THEN monetary END) OVER () AS monetary_4
  FROM ranked
),
scored AS (
  SELECT
    *,
    CASE
      WHEN recency_days <= recency_1 THEN 5
      WHEN recency_days <= recency_2 THEN 4
      WHEN recency_days <= recency_3 THEN 3
      WHEN recency_days <= recency_4 THEN 2
      ELSE 1
    END AS r,
    1 + CASE WHEN frequency > frequency_1 THEN 1 ELSE 0 END + CASE WHEN frequency > frequency_2 THEN 1 ELSE 0 END + CASE WHEN frequency > frequency_3 THEN 1 ELSE 0 END + CASE WHEN frequency > frequency_4 THEN 1 ELSE 0 END
      + CASE WHEN frequency IN (frequency_1, frequency_2, frequency_3, frequency_4) THEN 1 ELSE 0 END AS f,
    1 + CASE WHEN monetary > monetary_1 THEN 1 ELSE 0 END + CASE WHEN monetary > monetary_2 THEN 1 ELSE 0 END + CASE WHEN monetary > monetary_3 THEN 1 ELSE 0 END + CASE WHEN monetary > monetary_4 THEN 1 ELSE 0 END
      + CASE WHEN monetary IN (monetary_1, monetary_2, monetary_3, monetary_4) THEN 1 ELSE 0 END AS m
  FROM bounded
),
named AS (
  SELECT
    *,
    CASE
      WHEN r >= 4 AND f >= 4 AND m >= 4 THEN 'Champions'
      WHEN r >= 3 AND f >= 3 THEN 'Loyal customers'
      WHEN r >= 4 THEN 'Promising'
      WHEN r = 3 THEN 'Needs attention'
      WHEN m >= 4 THEN 'Valuable and at risk'
      WHEN f >= 3 THEN 'At risk'
      WHEN r = 2 THEN 'About to sleep'
      ELSE 'Hibernating'
    END AS segment
  FROM scored
)
SELECT
  person_key, recency_days, frequency, monetary, currency, r AS recency_score, f AS frequency_score, m AS monetary_score,
  segment, last_order_at, newest_at AS as_of
FROM named

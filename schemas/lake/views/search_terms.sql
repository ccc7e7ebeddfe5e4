-- Whoever looks at a product less than half an hour after a search does so in the same session.
WITH told AS (
  SELECT
    person_key,
    event,
    event_time,
    message_id,
    lower(trim(regexp_replace(query, '\s+', ' '))) AS term,
    CASE WHEN event = 'Products Searched' THEN products = '[]' OR 0 = TRY_CAST(coalesce(
      json_extract_scalar(properties, '$.results'),
      json_extract_scalar(properties, '$.results_count'),
      json_extract_scalar(properties, '$.result_count'),
      json_extract_scalar(properties, '$.number_of_results'),
      json_extract_scalar(properties, '$.total_results')
    ) AS double) END AS is_empty
  FROM events
  WHERE NOT is_bot AND event IN ('Products Searched', 'Product Viewed', 'Order Completed')
),
followed AS (
  SELECT
    *,
    min(CASE WHEN event = 'Products Searched' THEN event_time END) OVER (PARTITION BY person_key ORDER BY event_time, event DESC, message_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS searched_again_at,
    min(CASE WHEN event = 'Product Viewed' THEN event_time END) OVER (PARTITION BY person_key ORDER BY event_time, event DESC, message_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS viewed_at,
    min(CASE WHEN event = 'Order Completed' THEN event_time END) OVER (PARTITION BY person_key ORDER BY event_time, event DESC, message_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS ordered_at
  FROM told
),
gathered AS (
  SELECT
    date_format(event_time, '%Y-%m-%d') AS date,
    term,
    count(*) AS searches,
    count(DISTINCT person_key) AS persons,
    count_if(is_empty) AS without_results,
    count_if(viewed_at < event_time + INTERVAL '30' MINUTE AND (searched_again_at IS NULL OR viewed_at < searched_again_at)) AS clicks,
    count_if(ordered_at < event_time + INTERVAL '24' HOUR) AS orders
  FROM followed
  WHERE event = 'Products Searched' AND term <> ''
  GROUP BY 1, 2
)
SELECT
  date, term, searches, persons, without_results, clicks, orders
FROM gathered

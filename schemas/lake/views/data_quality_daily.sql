-- Events in groups of one day, name and set of properties, of which there are few. A group becomes one row for itself,
-- without a property, and one for each of its properties: so what is new among either shows by the first day on which it
-- was seen. In no text of the lake there is a NUL.
WITH shapes AS (
  SELECT DISTINCT day, event, array_join(map_keys(CAST(json_parse(properties) AS map(varchar, json))), chr(0)) AS properties
  FROM events
),
seen AS (
  SELECT
    day, event, property,
    min(day) OVER (PARTITION BY event) AS first_day_of_event,
    min(day) OVER (PARTITION BY event, property) AS first_day
  FROM (
    SELECT DISTINCT day, event, property
    FROM shapes
    CROSS JOIN UNNEST(concat(
      ARRAY[CAST(NULL AS varchar)],
      CASE WHEN properties <> '' THEN split(properties, chr(0)) ELSE ARRAY[] END
    )) AS each_property (property)
  )
),
drift AS (
  SELECT
    day AS drift_day,
    array_agg(json_format(CAST(event AS json)) ORDER BY event)
      FILTER (WHERE property IS NULL AND first_day = day) AS new_events,
    array_agg(json_format(CAST(event || '.' || property AS json)) ORDER BY event, property)
      FILTER (WHERE property IS NOT NULL AND first_day = day AND first_day_of_event < day) AS new_properties
  FROM seen
  GROUP BY day
),
listed AS (
  SELECT
    *,
    coalesce(CAST(cardinality(new_events) AS bigint), 0) AS new_event_count,
    '[' || coalesce(array_join(slice(new_events, 1, 100), ','), '') || ']' AS new_event_names,
    coalesce(CAST(cardinality(new_properties) AS bigint), 0) AS new_property_count,
    '[' || coalesce(array_join(slice(new_properties, 1, 100), ','), '') || ']' AS new_property_names
  FROM data_quality_scores
  LEFT JOIN drift ON drift_day = date
)
SELECT
  date, received, events, duplicates, rejected, rejects_by_reason, bots, imported, late_over_hour, late_over_day,
  clock_corrected, time_unknown, flagged, changed, doubtful, user_id_share, page_path_share, product_id_share,
  order_id_share, order_amount_share, order_currency_share, order_products_share, new_event_count, new_event_names,
  new_property_count, new_property_names, completeness, uniqueness, timeliness, validity, overall
FROM listed

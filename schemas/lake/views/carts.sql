WITH by_currency AS (
  SELECT
    session_parts.person_key,
    started_at,
    currency,
    min(CASE WHEN session_parts.strand <> '' THEN product_added_at END) AS first_added_at,
    max(cart_changed_at) AS last_changed_at,
    sum(items_added) AS items_added,
    sum(items_removed) AS items_removed,
    sum(value_added) - coalesce(sum(value_removed), 0) AS value,
    count(checkout_started_at) AS checkouts,
    count(tellings.visit_at) AS orders,
    min(session_parts.day) AS day
  FROM session_parts
  LEFT JOIN order_tellings AS tellings ON tellings.person_key = session_parts.person_key
    AND tellings.strand = session_parts.strand AND tellings.profile_key = session_parts.profile_key
    AND tellings.day = session_parts.day AND tellings.visit_at = session_parts.visit_at
  WHERE session_parts.strand <> '' OR checkout_started_at IS NOT NULL
  GROUP BY session_parts.person_key, started_at, currency
),
gathered AS (
  SELECT
    person_key,
    started_at,
    min(first_added_at) AS first_added_at,
    max(last_changed_at) AS last_changed_at,
    CAST(sum(items_added) AS bigint) AS items_added,
    CAST(sum(items_removed) AS bigint) AS items_removed,
    min_by(value, ROW(first_added_at, coalesce(currency, ''))) FILTER (WHERE first_added_at IS NOT NULL) AS first_value,
    min_by(currency, ROW(first_added_at, coalesce(currency, ''))) FILTER (WHERE first_added_at IS NOT NULL) AS currency,
    sum(checkouts) > 0 AS checkout_started,
    sum(orders) > 0 AS ordered,
    min(day) FILTER (WHERE first_added_at IS NOT NULL) AS day
  FROM by_currency
  GROUP BY person_key, started_at
),
kept AS (
  SELECT
    *,
    person_key || ':' || to_iso8601(started_at) AS session_id,
    TRY_CAST(greatest(first_value, 0) AS decimal(18,4)) AS value,
    NOT ordered AND items_added > items_removed AS is_abandoned
  FROM gathered
  WHERE first_added_at IS NOT NULL
)
SELECT
  session_id AS cart_key, person_key, session_id, first_added_at, last_changed_at, items_added, items_removed, value,
  currency, checkout_started, ordered, is_abandoned, day
FROM kept

SELECT
  date, channel, source, medium, campaign, currency, cost, impressions, clicks, updated_at, day
FROM (
  SELECT
    date, channel, source, medium, campaign, currency,
    CAST(sum(cost) AS decimal(18,4)) AS cost,
    CAST(sum(impressions) AS bigint) AS impressions,
    CAST(sum(clicks) AS bigint) AS clicks,
    max(imported_at) AS updated_at,
    max(day) AS day,
    row_number() OVER (
      PARTITION BY date, channel, source, medium, campaign, currency
      ORDER BY max(imported_at) DESC, import_id DESC
    ) AS place
  FROM (
    SELECT
      *,
      row_number() OVER (
        PARTITION BY import_id, import_row
        ORDER BY day, sequence_number, record_index
      ) AS copy
    FROM (
      SELECT * FROM marketing_spend_sealed WHERE day < (SELECT sealed_before FROM sealing)
      UNION ALL
      SELECT * FROM marketing_spend_landed WHERE day >= (SELECT sealed_before FROM sealing)
    )
  )
  WHERE copy = 1
  GROUP BY date, channel, source, medium, campaign, currency, import_id
)
WHERE place = 1

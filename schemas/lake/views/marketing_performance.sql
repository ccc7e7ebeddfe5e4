-- What was spent, who came and who bought, each read once and added up under the same names: rows of one side alone stay.
-- The words are those by which cleaning tells the channel of a campaign.
WITH words AS (
  SELECT kind, channel, word
  FROM (
    VALUES
      ('medium', 'paid', 'cpc ppc cpm cpv cpa cpp cpl display banner retargeting remarketing sem affiliate affiliates interstitial expandable ads ad'),
      ('medium', 'email', 'email e-mail e_mail newsletter mail'),
      ('medium', 'social', 'social social-network social_network social-media social_media sm organic_social organic-social'),
      ('medium', 'organic', 'organic organic_search organic-search seo'),
      ('medium', 'referral', 'referral link partner pr app qr sms push'),
      ('source', 'paid', 'adwords googleads google_ads google-ads bingads bing_ads adroll criteo taboola outbrain'),
      ('source', 'email', 'email e-mail newsletter mailchimp klaviyo sendgrid hubspot_email customer.io braze_email'),
      ('source', 'social', 'facebook fb instagram ig twitter x linkedin pinterest tiktok snapchat reddit youtube threads whatsapp telegram vk weibo wechat mastodon bluesky'),
      ('source', 'organic', 'google bing yahoo duckduckgo yandex baidu ecosia qwant startpage naver seznam brave')
  ) AS lists (kind, channel, listed)
  CROSS JOIN UNNEST(split(listed, ' ')) AS each_word (word)
),
spend AS (
  SELECT
    date, source, medium, campaign, impressions, clicks,
    CASE
      WHEN told IN ('paid', 'email', 'social', 'organic', 'referral', 'on_site', 'direct') THEN told
      WHEN starts_with(medium, 'paid') OR starts_with(told, 'paid') THEN 'paid'
      ELSE coalesce(of_medium.channel, of_told_medium.channel, of_told_source.channel, of_source.channel, told)
    END AS channel,
    CASE WHEN told_spend.currency = reporting.currency THEN cost END AS cost,
    CASE WHEN told_spend.currency = reporting.currency THEN clicks END AS paid_clicks
  FROM (
    SELECT
      date, currency, cost, impressions, clicks,
      replace(lower(trim(channel)), ' ', '_') AS told,
      nullif(lower(trim(source)), '') AS source,
      nullif(lower(trim(medium)), '') AS medium,
      nullif(lower(trim(campaign)), '') AS campaign
    FROM marketing_spend
  ) AS told_spend
  CROSS JOIN reporting
  LEFT JOIN words AS of_medium ON of_medium.kind = 'medium' AND of_medium.word = medium
  LEFT JOIN words AS of_told_medium ON of_told_medium.kind = 'medium' AND of_told_medium.word = told
  LEFT JOIN words AS of_told_source ON of_told_source.kind = 'source' AND of_told_source.word = told
  LEFT JOIN words AS of_source ON of_source.kind = 'source' AND of_source.word = source
),
-- As the view attribution credits orders by its model last.
owed AS (
  SELECT
    buyer, source_id, order_id, ordered_at, is_first, revenue,
    max_by(
      CAST(ROW(coalesce(channel, 'direct'), source, medium, campaign) AS ROW(channel varchar, source varchar, medium varchar, campaign varchar)),
      ROW(coalesce(channel, 'direct') <> 'direct', coalesce(started_at, ordered_at))
    ) AS touch
  FROM (
    SELECT
      orders.person_key AS buyer, source_id, order_id, ordered_at, is_first,
      CASE WHEN orders.currency = reporting.currency THEN amount ELSE 0 END AS revenue
    FROM orders CROSS JOIN reporting
  )
  LEFT JOIN visits ON person_key = buyer AND started_at <= ordered_at AND started_at >= ordered_at - INTERVAL '30' DAY
  GROUP BY buyer, source_id, order_id, ordered_at, is_first, revenue
),
facts AS (
  SELECT
    date, channel, source, medium, campaign, cost, paid_clicks, impressions, clicks,
    CAST(NULL AS varchar) AS visitor,
    CAST(NULL AS varchar) AS order_id,
    false AS is_first,
    CAST(NULL AS decimal(18,4)) AS revenue
  FROM spend
  UNION ALL
  SELECT
    CAST(date(started_at) AS varchar), channel, lower(source), lower(medium), lower(campaign), CAST(NULL AS decimal(18,4)),
    CAST(NULL AS bigint), CAST(NULL AS bigint), CAST(NULL AS bigint), person_key, CAST(NULL AS varchar), false, CAST(NULL AS decimal(18,4))
  FROM visits
  UNION ALL
  SELECT
    CAST(date(ordered_at) AS varchar), touch.channel, lower(touch.source), lower(touch.medium), lower(touch.campaign), CAST(NULL AS decimal(18,4)),
    CAST(NULL AS bigint), CAST(NULL AS bigint), CAST(NULL AS bigint), CAST(NULL AS varchar), order_id, is_first, CAST(revenue AS decimal(18,4))
  FROM owed
),
summed AS (
  SELECT
    date, channel, source, medium, campaign,
    TRY_CAST(sum(cost) AS decimal(18,4)) AS spent,
    coalesce(TRY_CAST(sum(cost) AS decimal(18,4)), 0) AS cost,
    sum(paid_clicks) AS paid_clicks,
    coalesce(sum(impressions), 0) AS impressions,
    coalesce(sum(clicks), 0) AS clicks,
    count(visitor) AS sessions,
    count(DISTINCT visitor) AS visitors,
    count(order_id) AS orders,
    count_if(is_first) AS new_customers,
    coalesce(TRY_CAST(sum(revenue) AS decimal(18,4)), 0) AS revenue
  FROM facts
  GROUP BY date, channel, source, medium, campaign
),
rated AS (
  SELECT
    *,
    clicks / nullif(CAST(impressions AS double), 0) AS ctr,
    TRY_CAST(spent / nullif(paid_clicks, 0) AS decimal(18,4)) AS cpc,
    TRY_CAST(spent / nullif(orders, 0) AS decimal(18,4)) AS cpa,
    TRY_CAST(spent / nullif(new_customers, 0) AS decimal(18,4)) AS cac,
    CAST(revenue AS double) / nullif(CAST(cost AS double), 0) AS roas,
    (CAST(revenue AS double) - CAST(cost AS double)) / nullif(CAST(cost AS double), 0) AS roi
  FROM summed
  CROSS JOIN reporting
)
SELECT
  date, channel, source, medium, campaign, currency, cost, impressions, clicks, sessions, visitors, orders, new_customers,
  revenue, ctr, cpc, cpa, cac, roas, roi
FROM rated

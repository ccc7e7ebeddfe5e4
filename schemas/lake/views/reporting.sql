SELECT
  'USD' AS currency

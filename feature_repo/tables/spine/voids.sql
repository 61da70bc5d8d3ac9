-- One row a horse whose race was declared void, with every price quoted of it: all bets on it are
-- returned. Never a feature.
WITH quoted AS (
    {quoted_prices}
)
SELECT
    results.race_id, results.horse_id, CAST(races.date AS TIMESTAMPTZ) AS event_timestamp,
    quoted.sp, quoted.bsp, quoted.wap, quoted."open",
    quoted.morning, quoted.breakfast, quoted.evening
FROM results
JOIN races ON races.race_id = results.race_id
LEFT JOIN quoted ON quoted.race_id = results.race_id AND quoted.horse_id = results.horse_id
WHERE results.status = 'void'

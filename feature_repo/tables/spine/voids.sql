-- One row a horse whose race was declared void, with every price quoted of it: all bets on it are
-- returned. Never a feature.
WITH quoted AS (
    SELECT
        race_id, horse_id,
        max(CASE WHEN kind = 'sp' THEN decimal_odds END) AS sp,
        max(CASE WHEN kind = 'bsp' THEN decimal_odds END) AS bsp,
        max(CASE WHEN kind = 'wap' THEN decimal_odds END) AS wap,
        max(CASE WHEN kind = 'open' THEN decimal_odds END) AS "open",
        max(CASE WHEN kind = 'morning' THEN decimal_odds END) AS morning,
        max(CASE WHEN kind = 'breakfast' THEN decimal_odds END) AS breakfast,
        max(CASE WHEN kind = 'evening' THEN decimal_odds END) AS evening
    FROM prices
    WHERE kind IN ('sp', 'bsp', 'wap', 'open', 'morning', 'breakfast', 'evening')
    GROUP BY race_id, horse_id
)
SELECT
    results.race_id, results.horse_id, CAST(races.date AS TIMESTAMPTZ) AS event_timestamp,
    quoted.sp, quoted.bsp, quoted.wap, quoted."open",
    quoted.morning, quoted.breakfast, quoted.evening
FROM results
JOIN races ON races.race_id = results.race_id
LEFT JOIN quoted ON quoted.race_id = results.race_id AND quoted.horse_id = results.horse_id
WHERE results.status = 'void'

-- One row a runner: what was quoted of it before the off, one column a kind of price.
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

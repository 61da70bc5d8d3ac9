-- One row a horse that was withdrawn from a race that was run, with every price quoted of it: what
-- a fixed price taken before the withdrawal is reduced by. Never a feature.
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
),
fates AS (
    SELECT
        race_id, horse_id, status,
        bool_or(status IN ('finished', 'non-finisher')) OVER (PARTITION BY race_id) AS was_run
    FROM results
)
SELECT
    fates.race_id, fates.horse_id, CAST(races.date AS TIMESTAMPTZ) AS event_timestamp,
    quoted.wap, quoted."open", quoted.morning, quoted.breakfast, quoted.evening
FROM fates
JOIN races ON races.race_id = fates.race_id
LEFT JOIN quoted ON quoted.race_id = fates.race_id AND quoted.horse_id = fates.horse_id
WHERE fates.status = 'withdrawn' AND fates.was_run

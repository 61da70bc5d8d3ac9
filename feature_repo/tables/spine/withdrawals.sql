-- One row a horse that was withdrawn from a race that was run, with every price quoted of it: what
-- a fixed price taken before the withdrawal is reduced by. Never a feature.
WITH quoted AS (
    {quoted_prices}
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

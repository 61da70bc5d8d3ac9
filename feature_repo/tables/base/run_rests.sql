-- One row a priced start: the cell of rest and experience that it started from. `cell` is 5 times the
-- rest (0 on debut; up to 10, 21, 35, 60 days: 1 to 4; longer: 5) and the earlier starts (0; up to
-- 3, 10, 25: 1 to 3; more: 4). Starts of the same day are not earlier.
WITH rested AS (
    SELECT
        race_id, horse_id, known, region, race_code, sur, sur_1000, priced_1000,
        count(*) OVER before AS starts,
        date_diff('day', max(date) OVER before, date) AS rest
    FROM run_facts
    WINDOW before AS (PARTITION BY horse_id ORDER BY date
        RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1' DAY PRECEDING)
)
SELECT
    race_id, horse_id, known, region, race_code, sur_1000, priced_1000,
    CAST(
        5 * CASE
            WHEN starts = 0 THEN 0
            WHEN rest <= 10 THEN 1
            WHEN rest <= 21 THEN 2
            WHEN rest <= 35 THEN 3
            WHEN rest <= 60 THEN 4
            ELSE 5
        END + CASE
            WHEN starts = 0 THEN 0
            WHEN starts <= 3 THEN 1
            WHEN starts <= 10 THEN 2
            WHEN starts <= 25 THEN 3
            ELSE 4
        END
    AS BIGINT) AS cell
FROM rested
WHERE sur IS NOT NULL

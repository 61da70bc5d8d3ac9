-- One row a race: its class level, 1 the best to 7, pattern races below 1.
-- As declared, else by the race's prize among the septiles of its region's prizes over the
-- {prize_ladder} days before it; null where fewer than {prize_ladder_races} races had one.
WITH run AS (
    SELECT DISTINCT race_id, date, region, declared_level, prize, was_run
    FROM field
),
ladder AS (
    SELECT
        race_id, date, region, declared_level, prize,
        count(CASE WHEN was_run THEN prize END) OVER before AS prizes,
        quantile_cont(CASE WHEN was_run THEN prize END, 1 / 7.0) OVER before AS cut_1,
        quantile_cont(CASE WHEN was_run THEN prize END, 2 / 7.0) OVER before AS cut_2,
        quantile_cont(CASE WHEN was_run THEN prize END, 3 / 7.0) OVER before AS cut_3,
        quantile_cont(CASE WHEN was_run THEN prize END, 4 / 7.0) OVER before AS cut_4,
        quantile_cont(CASE WHEN was_run THEN prize END, 5 / 7.0) OVER before AS cut_5,
        quantile_cont(CASE WHEN was_run THEN prize END, 6 / 7.0) OVER before AS cut_6
    FROM run
    WINDOW before AS (
        PARTITION BY region ORDER BY date
        RANGE BETWEEN INTERVAL '{prize_ladder}' DAY PRECEDING AND INTERVAL '1' DAY PRECEDING
    )
)
SELECT
    race_id, date, region,
    CASE
        WHEN declared_level IS NOT NULL THEN declared_level
        WHEN prize > 0 AND prizes >= {prize_ladder_races} THEN CAST(CASE
            WHEN prize >= cut_6 THEN 1
            WHEN prize >= cut_5 THEN 2
            WHEN prize >= cut_4 THEN 3
            WHEN prize >= cut_3 THEN 4
            WHEN prize >= cut_2 THEN 5
            WHEN prize >= cut_1 THEN 6
            ELSE 7
        END AS DOUBLE)
    END AS class_level
FROM ladder

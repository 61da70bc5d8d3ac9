-- A horse's career wins and expected wins (the sum of 1/n) on a going group.
WITH days AS (
    SELECT horse_id, going_group, known, sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    WHERE going_group IS NOT NULL
    GROUP BY horse_id, going_group, known
)
SELECT
    horse_id, going_group, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS going_wins,
    sum(expected) OVER career AS going_expected
FROM days
WINDOW career AS (PARTITION BY horse_id, going_group ORDER BY known ROWS UNBOUNDED PRECEDING)

-- A horse's career wins and expected wins (the sum of 1/n) over a band of distances.
WITH days AS (
    SELECT horse_id, distance_band, known, sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    GROUP BY horse_id, distance_band, known
)
SELECT
    horse_id, distance_band, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS distance_wins,
    sum(expected) OVER career AS distance_expected
FROM days
WINDOW career AS (PARTITION BY horse_id, distance_band ORDER BY known ROWS UNBOUNDED PRECEDING)

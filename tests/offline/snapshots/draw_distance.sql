-- Career wins and expected wins of a third of the stalls at a course, surface and distance band.
WITH days AS (
    SELECT course_id, surface, distance_band, draw_third, known,
        sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    WHERE surface IS NOT NULL AND distance_band IS NOT NULL AND draw_third IS NOT NULL
    GROUP BY course_id, surface, distance_band, draw_third, known
)
SELECT
    course_id, surface, distance_band, draw_third, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS draw_distance_wins,
    sum(expected) OVER career AS draw_distance_expected
FROM days
WINDOW career AS (
    PARTITION BY course_id, surface, distance_band, draw_third ORDER BY known ROWS UNBOUNDED PRECEDING
)

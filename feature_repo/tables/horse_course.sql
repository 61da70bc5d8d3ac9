-- A horse's career wins and expected wins (the sum of 1/n) on a course.
WITH days AS (
    SELECT horse_id, course_id, known, sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    GROUP BY horse_id, course_id, known
)
SELECT
    horse_id, course_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS course_wins,
    sum(expected) OVER career AS course_expected
FROM days
WINDOW career AS (PARTITION BY horse_id, course_id ORDER BY known ROWS UNBOUNDED PRECEDING)

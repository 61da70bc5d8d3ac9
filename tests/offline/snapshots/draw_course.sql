-- Career wins and expected wins of a course's third of the stalls.
WITH days AS (
    SELECT course_id, draw_third, known,
        sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    WHERE draw_third IS NOT NULL
    GROUP BY course_id, draw_third, known
)
SELECT
    course_id, draw_third, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS draw_course_wins,
    sum(expected) OVER career AS draw_course_expected
FROM days
WINDOW career AS (
    PARTITION BY course_id, draw_third ORDER BY known ROWS UNBOUNDED PRECEDING
)

-- Career wins and expected wins of a stall at a course, surface and distance in whole metres.
WITH days AS (
    SELECT course_id, surface, metres, stall, known,
        sum(win_share) AS wins, sum(fair_share) AS expected
    FROM starts
    WHERE surface IS NOT NULL AND metres IS NOT NULL AND stall IS NOT NULL
    GROUP BY course_id, surface, metres, stall, known
)
SELECT
    course_id, surface, metres, stall, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS draw_stall_wins,
    sum(expected) OVER career AS draw_stall_expected
FROM days
WINDOW career AS (
    PARTITION BY course_id, surface, metres, stall ORDER BY known ROWS UNBOUNDED PRECEDING
)

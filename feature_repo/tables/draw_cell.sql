-- Wins and expected wins of a draw cell (course, surface, distance band, going group, third):
-- career, and over the last 180 days with their variance. Stallmates compete, so a race
-- counts once: s = m/n for its m runners of the cell, variance s(1-s), in the steps of `starts`.
WITH per_race AS (
    SELECT course_id, surface, distance_band, going_group, draw_third, known, race_id,
        sum(win_share) AS wins,
        round(count(*) / any_value(field_size) * 1099511627776.0) / 1099511627776.0 AS expected
    FROM starts
    WHERE surface IS NOT NULL AND distance_band IS NOT NULL AND going_group IS NOT NULL
        AND draw_third IS NOT NULL
    GROUP BY course_id, surface, distance_band, going_group, draw_third, known, race_id
),
days AS (
    SELECT course_id, surface, distance_band, going_group, draw_third, known,
        sum(wins) AS wins, sum(expected) AS expected,
        sum(round(expected * (1.0 - expected) * 1099511627776.0) / 1099511627776.0) AS variance
    FROM per_race
    GROUP BY course_id, surface, distance_band, going_group, draw_third, known
),
changes AS (
    SELECT * FROM days
    UNION ALL
    SELECT course_id, surface, distance_band, going_group, draw_third,
        CAST(known + INTERVAL '180' DAY AS DATE), 0.0, 0.0, 0.0
    FROM days
),
daily AS (
    SELECT course_id, surface, distance_band, going_group, draw_third, known,
        sum(wins) AS wins, sum(expected) AS expected, sum(variance) AS variance
    FROM changes
    GROUP BY course_id, surface, distance_band, going_group, draw_third, known
)
SELECT
    course_id, surface, distance_band, going_group, draw_third,
    CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS draw_wins,
    sum(expected) OVER career AS draw_expected,
    sum(wins) OVER recent AS draw_wins_180d,
    sum(expected) OVER recent AS draw_expected_180d,
    sum(variance) OVER recent AS draw_variance_180d
FROM daily
WINDOW
    career AS (PARTITION BY course_id, surface, distance_band, going_group, draw_third
        ORDER BY known ROWS UNBOUNDED PRECEDING),
    recent AS (PARTITION BY course_id, surface, distance_band, going_group, draw_third
        ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (180 - 1) PRECEDING AND CURRENT ROW)

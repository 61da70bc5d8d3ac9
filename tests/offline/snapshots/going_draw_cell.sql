-- What the price missed of the stalls of a course, surface, code and going: sums of
-- surprise times stall and of the stall's square, the stall as a share of the field from the middle,
-- decayed with a time constant of 700 days, scaled by exp(days since 2000-01-01 / 700).
WITH days AS (
    SELECT
        course_id, surface, race_code, going_group, known,
        sum(CAST(round((draw_bias_700) * 1099511627776.0) AS DECIMAL(38, 0))) AS bias,
        sum(CAST(round((draw_square_700) * 1099511627776.0) AS DECIMAL(38, 0))) AS square
    FROM run_facts
    WHERE surface IS NOT NULL AND going_group IS NOT NULL AND draw_bias_700 IS NOT NULL
    GROUP BY course_id, surface, race_code, going_group, known
)
SELECT
    course_id, surface, race_code, going_group,
    CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(bias) OVER career AS DOUBLE) / 1099511627776.0 AS going_draw_bias,
    CAST(sum(square) OVER career AS DOUBLE) / 1099511627776.0 AS going_draw_square
FROM days
WINDOW career AS (PARTITION BY course_id, surface, race_code, going_group ORDER BY known
    ROWS UNBOUNDED PRECEDING)

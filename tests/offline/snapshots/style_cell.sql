-- What the price missed of the early pace of a course, surface, code and distance in whole metres: sums
-- of `bias` and `square` (`run_pace`), decayed with a time constant of 250 days, scaled by
-- exp(days since 2000-01-01 / 250).
WITH days AS (
    SELECT
        course_id, surface, race_code, metres, known, era_250,
        sum(CAST(round((bias_250) * 1099511627776.0) AS DECIMAL(38, 0))) AS bias,
        sum(CAST(round((square_250) * 1099511627776.0) AS DECIMAL(38, 0))) AS square
    FROM run_pace
    WHERE surface IS NOT NULL AND metres IS NOT NULL AND sur IS NOT NULL
    GROUP BY course_id, surface, race_code, metres, known, era_250
),
eras AS (
    SELECT
        course_id, surface, race_code, metres, CAST(era_250 + 1 AS BIGINT) AS next_era,
        sum(bias) AS bias, sum(square) AS square
    FROM days
    GROUP BY course_id, surface, race_code, metres, era_250
)
SELECT
    days.course_id, days.surface, days.race_code, days.metres,
    CAST(days.known AS TIMESTAMPTZ) AS event_timestamp,
    (CAST(sum(days.bias) OVER era AS DOUBLE)
        + coalesce(CAST(eras.bias AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_250 * 41.58883083359672) AS cell_bias,
    (CAST(sum(days.square) OVER era AS DOUBLE)
        + coalesce(CAST(eras.square AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_250 * 41.58883083359672) AS cell_square
FROM days
LEFT JOIN eras ON eras.course_id = days.course_id AND eras.surface = days.surface
    AND eras.race_code = days.race_code AND eras.metres = days.metres
    AND eras.next_era = days.era_250
WINDOW era AS (PARTITION BY days.course_id, days.surface, days.race_code, days.metres, days.era_250
    ORDER BY days.known ROWS UNBOUNDED PRECEDING)

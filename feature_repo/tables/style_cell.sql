-- What the price missed of the early pace of a course, surface, code and distance in whole metres: sums
-- of `bias` and `square` (`run_pace`), decayed with a time constant of 250 days, scaled by
-- exp(days since 2000-01-01 / 250).
WITH days AS (
    SELECT
        course_id, surface, race_code, metres, known, era_250,
        {whole_steps(value: bias_250)} AS bias,
        {whole_steps(value: square_250)} AS square
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
    {recent_sum(value: bias, era: era_250)} AS cell_bias,
    {recent_sum(value: square, era: era_250)} AS cell_square
FROM days
LEFT JOIN eras ON eras.course_id = days.course_id AND eras.surface = days.surface
    AND eras.race_code = days.race_code AND eras.metres = days.metres
    AND eras.next_era = days.era_250
WINDOW era AS (PARTITION BY days.course_id, days.surface, days.race_code, days.metres, days.era_250
    ORDER BY days.known ROWS UNBOUNDED PRECEDING)

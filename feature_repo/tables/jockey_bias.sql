-- What the price missed of the early pace of a jockey's mounts: sums of `bias` and `square` (`run_pace`),
-- decayed with a time constant of 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        jockey_id, known,
        {whole_steps(value: bias_1000)} AS bias,
        {whole_steps(value: square_1000)} AS square
    FROM run_pace
    WHERE jockey_id IS NOT NULL AND sur IS NOT NULL
    GROUP BY jockey_id, known
)
SELECT
    jockey_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    {lasting_sum(value: bias)} AS jockey_bias,
    {lasting_sum(value: square)} AS jockey_square
FROM days
WINDOW career AS (PARTITION BY jockey_id ORDER BY known ROWS UNBOUNDED PRECEDING)

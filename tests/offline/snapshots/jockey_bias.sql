-- What the price missed of the early pace of a jockey's mounts: sums of `bias` and `square` (`run_pace`),
-- decayed with a time constant of 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        jockey_id, known,
        sum(CAST(round((bias_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS bias,
        sum(CAST(round((square_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS square
    FROM run_pace
    WHERE jockey_id IS NOT NULL AND sur IS NOT NULL
    GROUP BY jockey_id, known
)
SELECT
    jockey_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(bias) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_bias,
    CAST(sum(square) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_square
FROM days
WINDOW career AS (PARTITION BY jockey_id ORDER BY known ROWS UNBOUNDED PRECEDING)

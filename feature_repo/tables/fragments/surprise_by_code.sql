-- Surprise and priced runs of whoever `who` is, at one `place` (all its columns are `keys`) and under
-- a code, as decayed sums of time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        {keys}, race_code, known,
        {whole_steps(value: sur_1000)} AS sur,
        {whole_steps(value: priced_1000)} AS priced
    FROM run_facts
    WHERE {who} IS NOT NULL AND {place} IS NOT NULL AND sur IS NOT NULL
    GROUP BY {keys}, race_code, known
)
SELECT
    {keys}, race_code, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    {lasting_sum(value: sur)} AS {name}_sur,
    {lasting_sum(value: priced)} AS {name}_priced
FROM days
WINDOW career AS (PARTITION BY {keys}, race_code ORDER BY known
    ROWS UNBOUNDED PRECEDING)

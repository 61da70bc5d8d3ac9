-- Surprise and priced runs of a jockey at a whole class level under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        jockey_id, class_cell, race_code, known,
        {whole_steps(value: sur_1000)} AS sur,
        {whole_steps(value: priced_1000)} AS priced
    FROM run_facts
    WHERE jockey_id IS NOT NULL AND class_cell IS NOT NULL AND sur IS NOT NULL
    GROUP BY jockey_id, class_cell, race_code, known
)
SELECT
    jockey_id, class_cell, race_code, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    {lasting_sum(value: sur)} AS jockey_level_sur,
    {lasting_sum(value: priced)} AS jockey_level_priced
FROM days
WINDOW career AS (PARTITION BY jockey_id, class_cell, race_code ORDER BY known
    ROWS UNBOUNDED PRECEDING)

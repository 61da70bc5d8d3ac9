-- Surprise and priced runs of a jockey at a whole class level under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        jockey_id, class_cell, race_code, known,
        sum(CAST(round((sur_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS sur,
        sum(CAST(round((priced_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS priced
    FROM run_facts
    WHERE jockey_id IS NOT NULL AND class_cell IS NOT NULL AND sur IS NOT NULL
    GROUP BY jockey_id, class_cell, race_code, known
)
SELECT
    jockey_id, class_cell, race_code, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(sur) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_level_sur,
    CAST(sum(priced) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_level_priced
FROM days
WINDOW career AS (PARTITION BY jockey_id, class_cell, race_code ORDER BY known
    ROWS UNBOUNDED PRECEDING)

-- Surprise and priced runs of a trainer on a track (course and surface) under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH days AS (
    SELECT
        trainer_id, course_id, surface, race_code, known,
        sum(CAST(round((sur_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS sur,
        sum(CAST(round((priced_1000) * 1099511627776.0) AS DECIMAL(38, 0))) AS priced
    FROM run_facts
    WHERE trainer_id IS NOT NULL AND surface IS NOT NULL AND sur IS NOT NULL
    GROUP BY trainer_id, course_id, surface, race_code, known
)
SELECT
    trainer_id, course_id, surface, race_code, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(sur) OVER career AS DOUBLE) / 1099511627776.0 AS trainer_track_sur,
    CAST(sum(priced) OVER career AS DOUBLE) / 1099511627776.0 AS trainer_track_priced
FROM days
WINDOW career AS (PARTITION BY trainer_id, course_id, surface, race_code ORDER BY known
    ROWS UNBOUNDED PRECEDING)

-- When a horse last ran for a trainer, after each day that it did.
SELECT
    horse_id, trainer_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(max(date) AS TIMESTAMPTZ) AS stable_last_start
FROM starts
WHERE trainer_id IS NOT NULL
GROUP BY horse_id, trainer_id, known

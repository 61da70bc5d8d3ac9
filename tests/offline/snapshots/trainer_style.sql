-- How much further back than usual a trainer's runners lay early: the sum of that and the rides, decayed with a
-- time constant of 700 days, scaled by exp(days since 2000-01-01 / 700).
SELECT
    trainer_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    late * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS trainer_late,
    rides * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS trainer_rides
FROM early_inputs
WHERE trainer_id IS NOT NULL

-- How much further back than usual a jockey's runners lay early: the sum of that and the rides, decayed with a
-- time constant of 700 days, scaled by exp(days since 2000-01-01 / 700).
SELECT
    jockey_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    late * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS jockey_late,
    rides * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS jockey_rides
FROM early_inputs
WHERE jockey_id IS NOT NULL

-- The style of everyone who is a `person` (trainer or jockey), after each day.
SELECT
    {person}_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    late * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS {person}_late,
    rides * exp((date_diff('day', DATE '2000-01-01', known) - 1) / 700.0) AS {person}_rides
FROM early_inputs
WHERE {person}_id IS NOT NULL

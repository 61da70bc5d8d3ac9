-- One row a race whose off is known: the moment, and the time zone of its course. What was quoted
-- before it, and how long before, follows from them and the settings' hours.
SELECT race_id, CAST(date AS TIMESTAMPTZ) AS event_timestamp, off_at, off_zone
FROM races
WHERE off_at IS NOT NULL AND off_zone IS NOT NULL

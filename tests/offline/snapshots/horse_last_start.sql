-- What a horse did when it was last seen: day, class level, pounds, official rating.
WITH numbered AS (
    SELECT
        horse_id, known, date, class_level, pounds, official_rating,
        count(*) OVER (PARTITION BY horse_id ORDER BY known) AS horse_starts,
        row_number() OVER (PARTITION BY horse_id, known ORDER BY nth_of_day DESC) AS latest
    FROM starts
)
SELECT
    horse_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    horse_starts,
    CAST(date AS TIMESTAMPTZ) AS last_start,
    class_level AS last_class_level,
    pounds AS last_pounds,
    official_rating AS last_official_rating
FROM numbered
WHERE latest = 1

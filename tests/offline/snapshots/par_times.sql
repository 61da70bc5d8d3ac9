-- One row a race: the median of the winners' seconds in earlier races over the same course,
-- surface, distance and going group; null under 20 such races.
WITH winners AS (
    SELECT
        race_id, any_value(date) AS date, any_value(course_id) AS course_id,
        any_value(surface) AS surface, any_value(distance_m) AS distance_m,
        any_value(going_group) AS going_group,
        min(CASE WHEN finish = 1 THEN seconds END) AS winner_seconds
    FROM starts
    WHERE surface IS NOT NULL AND distance_m IS NOT NULL AND going_group IS NOT NULL
    GROUP BY race_id
)
SELECT
    race_id,
    CASE WHEN count(winner_seconds) OVER before >= 20
        THEN median(winner_seconds) OVER before
    END AS par_seconds
FROM winners
WINDOW before AS (
    PARTITION BY course_id, surface, distance_m, going_group ORDER BY date
    RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1' DAY PRECEDING
)

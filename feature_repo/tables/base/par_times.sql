-- One row a race: the median of the winners' seconds in earlier races over the same course,
-- surface, distance and going group; null under {par_races} such races.
WITH winners AS (
    SELECT
        race_id, date, course_id, surface, distance_m, going_group,
        min(CASE WHEN finish = 1 THEN seconds END) AS winner_seconds
    FROM starts
    WHERE surface IS NOT NULL AND distance_m IS NOT NULL AND going_group IS NOT NULL
    GROUP BY race_id, date, course_id, surface, distance_m, going_group
)
SELECT
    race_id, course_id, surface, distance_m, going_group,
    CASE WHEN count(winner_seconds) OVER before >= {par_races}
        THEN median(winner_seconds) OVER before
    END AS par_seconds
FROM winners
WINDOW before AS (
    PARTITION BY course_id, surface, distance_m, going_group ORDER BY date
    RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1' DAY PRECEDING
)

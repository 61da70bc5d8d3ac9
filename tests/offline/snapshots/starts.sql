-- One row a start, with all that is known about it from the next day on (`known`).
-- A dead heat for first shares the win; a non-finisher has finishing percentile 0.
WITH shares AS (
    SELECT
        *,
        CASE WHEN finish = 1
            THEN 1.0 / count(CASE WHEN finish = 1 THEN 1 END) OVER (PARTITION BY race_id)
            ELSE 0.0
        END AS win_share
    FROM field
    WHERE was_run
)
SELECT
    shares.race_id, shares.horse_id, shares.trainer_id, shares.jockey_id,
    shares.date, CAST(shares.date + INTERVAL '1' DAY AS DATE) AS known,
    row_number() OVER (
        PARTITION BY shares.horse_id, shares.date
        ORDER BY shares.off, shares.race_no, shares.race_id
    ) AS nth_of_day,
    shares.course_id, shares.surface, shares.distance_m, shares.distance_band,
    shares.going_group, shares.field_size, shares.draw_third, shares.pounds,
    shares.official_rating, shares.seconds, shares.rpr, shares.ts, shares.finish,
    race_levels.class_level, shares.win_share,
    CASE
        WHEN shares.finish IS NULL THEN 0.0
        WHEN shares.field_size = 1 THEN 1.0
        ELSE greatest(0.0, 1.0 - (shares.finish - 1.0) / (shares.field_size - 1.0))
    END AS percentile
FROM shares
JOIN race_levels ON race_levels.race_id = shares.race_id

-- One row a start, with all that is known about it from the next day on (`known`).
-- A non-finisher has finishing percentile 0. Shares of a win and of a fair chance (1/n) are held to
-- whole steps of 2^-40: sums of them are exact, so no order of adding shows in their last digits.
SELECT
    field.race_id, field.horse_id, field.trainer_id, field.jockey_id,
    field.date, CAST(field.date + INTERVAL '1' DAY AS DATE) AS known,
    row_number() OVER (
        PARTITION BY field.horse_id, field.date
        ORDER BY field.off, field.race_no, field.race_id
    ) AS nth_of_day,
    field.course_id, field.surface, field.distance_m, field.distance_band,
    CAST(round(field.distance_m) AS BIGINT) AS metres, CAST(field.draw AS BIGINT) AS stall,
    field.going_group, field.field_size, field.draw_third, field.pounds,
    field.official_rating, field.seconds, field.rpr, field.ts, field.finish,
    race_levels.class_level,
    round(field.win_share * 1099511627776.0) / 1099511627776.0 AS win_share,
    round(1099511627776.0 / field.field_size) / 1099511627776.0 AS fair_share,
    CASE
        WHEN field.finish IS NULL THEN 0.0
        WHEN field.field_size = 1 THEN 1.0
        ELSE greatest(0.0, 1.0 - (field.finish - 1.0) / (field.field_size - 1.0))
    END AS percentile
FROM field
JOIN race_levels ON race_levels.race_id = field.race_id
WHERE field.was_run

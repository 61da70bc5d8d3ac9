-- One row a runner of the field, with the keys and facts that are known before the off.
SELECT
    field.race_id, field.horse_id, field.trainer_id, field.jockey_id, field.course_id,
    field.surface, field.distance_band, field.going_group, field.draw_third,
    CAST(field.date AS TIMESTAMPTZ) AS event_timestamp,
    CAST(field.date AS TIMESTAMPTZ) AS race_date,
    race_levels.class_level, field.pounds, field.official_rating,
    CASE WHEN race_levels.class_level IS NOT NULL
        THEN CAST(least(7.0, greatest(0.0, round(race_levels.class_level))) AS BIGINT)
    END AS class_cell,
    CAST(round(field.distance_m) AS BIGINT) AS metres, CAST(field.draw AS BIGINT) AS stall,
    field.race_code, field.distance_m, coalesce(field.rail, 'none') AS rail_place, field.draw_position, field.mark, field.headgear AS gear,
    field.sire, CAST(field.jockey_id AS VARCHAR) AS rider,
    field.horse, field.course, field.region, field.race_type, field.field_size, field.was_run
FROM field
JOIN race_levels ON race_levels.race_id = field.race_id

SELECT
    race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, early_position, draw_position,
    distance_m, pounds, new_gear
FROM run_facts

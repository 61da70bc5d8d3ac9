SELECT
    race_id, horse_id, known, nth_of_day, course_id, race_code, surface, distance_m, finish,
    field_size, seconds
FROM run_prices

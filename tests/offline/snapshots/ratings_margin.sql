SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, margin / 2.6 AS performance
FROM run_prices

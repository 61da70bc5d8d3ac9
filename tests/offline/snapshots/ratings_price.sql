SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, lpc AS performance
FROM run_prices

"""One row a horse, jockey or trainer and day that it ran: its rating by the logs of its prices.

It is that after the day: what the public thought of it.
"""

from velo.racing.rating_filter import RatingFilter

RUNS = """
SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, lpc AS performance
FROM run_prices
"""
COLUMNS = ("mean", "variance")
ENGINE = RatingFilter(prior=(1.2, 0.15, 0.05), drift=(0.002, 0.0002, 0.0001), noise=0.35)

"""One row a horse, jockey or trainer and day that it ran: its rating by compressed lengths.

It is that after the day, with 2.6 compressed lengths as its unit.
"""

from velo.racing.rating_filter import RatingFilter

RUNS = """
SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, margin / 2.6 AS performance
FROM run_prices
"""
COLUMNS = ("mean", "variance")
ENGINE = RatingFilter(prior=(1.0, 0.08, 0.03), drift=(0.0012, 0.0002, 0.0001), noise=0.85)

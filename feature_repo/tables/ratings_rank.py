"""One row a horse, jockey or trainer and day that it ran: its rating by the order of finishing.

It is that after the day, in standard normal scores above a runner of which nothing is known. A
horse's row also has the ratings of its last start's jockey and trainer as they stood before it.
"""

from velo.racing.rating_filter import RatingFilter

RUNS = """
SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, ns AS performance
FROM run_prices
"""
COLUMNS = ("mean", "variance", "jockey_before", "trainer_before")
ENGINE = RatingFilter(prior=(1.0, 0.08, 0.03), drift=(0.0012, 0.0002, 0.0001), noise=0.85)

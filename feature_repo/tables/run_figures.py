"""One row a start, with its speed figure and the horse's ability after the day.

And one row a course, code, surface, distance and day that it was raced over, with the par after it.
"""

from velo.racing.speed_figures import SpeedFigures

RUNS = """
SELECT
    race_id, horse_id, known, nth_of_day, course_id, race_code, surface, distance_m, finish,
    field_size, seconds
FROM run_prices
"""
COLUMNS = ("nth_of_day", "figure", "ability", "figures", "par", "races_timed")
ENGINE = SpeedFigures()

"""One row a start, with what its early position was to be forecast from, as of its day.

And one row a jockey, and a trainer, and day: how much further back than usual their runners lay, as
sums decayed to the day.
"""

from velo.racing.early_history import EarlyInputs
from velo.racing.early_pace import INPUTS

RUNS = """
SELECT
    race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, early_position, draw_position,
    distance_m, pounds, new_gear
FROM run_facts
"""
COLUMNS = (
    "nth_of_day",
    *(f"x_{nth}" for nth in range(1, INPUTS + 1)),
    "early",
    *EarlyInputs.state,
)
ENGINE = EarlyInputs()

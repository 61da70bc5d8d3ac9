"""One row a region and day of races: by what early positions are forecast if a year begins next.

Coefficients of the fourteen inputs, least squares over all days so far, and the sums behind them.
"""

from velo.racing.early_pace import INPUTS
from velo.racing.early_regression import EarlyFit

RUNS = """
SELECT
    run_facts.region, early_inputs.known, run_facts.race_id, early_inputs.horse_id,
    early_inputs.x_1, early_inputs.x_2, early_inputs.x_3, early_inputs.x_4, early_inputs.x_5,
    early_inputs.x_6, early_inputs.x_7, early_inputs.x_8, early_inputs.x_9, early_inputs.x_10,
    early_inputs.x_11, early_inputs.x_12, early_inputs.x_13, early_inputs.x_14, early_inputs.early
FROM early_inputs
JOIN run_facts ON run_facts.horse_id = early_inputs.horse_id
    AND run_facts.known = early_inputs.known
    AND run_facts.nth_of_day = early_inputs.nth_of_day
"""
COLUMNS = ("fitted", *(f"c_{nth}" for nth in range(1, INPUTS + 1)), *EarlyFit.state)
ENGINE = EarlyFit()

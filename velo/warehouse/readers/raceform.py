"""The raceform/Kaggle flat CSV: one row a runner, results and starting prices included.

rpscrape writes it, so its columns are rpscrape's, in any set and order; what tells it from them is
that it numbers its races.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import RESULT, Reader
from velo.warehouse.readers.spellings import FLAT, FLAT_PRICES, FLAT_UNUSED

READER = Reader(
    name="raceform",
    columns=FLAT,
    prices=FLAT_PRICES,
    needs=(*RESULT, frozenset({"off"}), frozenset({"source_race_id"})),
    unused=FLAT_UNUSED,
)

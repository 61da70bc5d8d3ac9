"""rpscrape's CSV since February 2020, the columns being those that its user chose.

Until October 2021 the race's title is `name`. A price that is missing as a fraction is taken as a
decimal, a weight that is missing in stones in pounds.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader
from velo.warehouse.readers.spellings import FLAT, FLAT_PRICES, FLAT_UNUSED, spelt

READER = Reader(
    name="rpscrape",
    omits=frozenset({"country", "suffix"}),
    columns=FLAT | {"race_name": spelt("race_name", "name")},
    prices=FLAT_PRICES,
    unused=FLAT_UNUSED,
)

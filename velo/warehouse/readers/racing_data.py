"""The flat table `racing_data` of a `velo_racing.db`, or the same columns in another file.

Older tables have no off time and no name of the race; newer ones have the other columns of the
raceform file as well. Whatever the warehouse's own views are called by is understood here, so that
what was exported from one can be read again.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader
from velo.warehouse.readers.spellings import (
    FLAT,
    FLAT_PRICES,
    FLAT_UNUSED,
    NUMBER,
    WEIGHT,
    spelt,
)

READER = Reader(
    name="racing_data",
    columns=FLAT
    | {
        "off_dt": spelt("off_dt", "off_at"),
        "race_no": spelt("race_no"),
        "race_type": spelt("type", "race_type"),
        "number": NUMBER,
        "weight": WEIGHT,
        "headgear": spelt("hg", "headgear"),
        "official_rating": spelt("official_rating"),
        "seconds": spelt("secs", "seconds"),
        "beaten": spelt("ovr_btn", "beaten"),
        "prize": spelt("prize", "prize_won"),
        "comment": spelt("comment", "comments"),
    },
    prices=FLAT_PRICES,
    unused=FLAT_UNUSED | {"off_zone", "off_doubt", "standing"},
)

"""Results of The Racing API, as JSON or as the same columns in a CSV file.

`off_dt` is the off with its zone, `off` the same on a 12-hour clock.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader
from velo.warehouse.readers.spellings import FLAT, FLAT_UNUSED, NUMBER, spelt

READER = Reader(
    name="racing_api",
    columns=FLAT
    | {
        "off_dt": spelt("off_dt"),
        "number": NUMBER,
        "weight": spelt("weight", "weight_lbs", "lbs"),
        "headgear": spelt("headgear"),
        "ts": spelt("tsr"),
        "race_prize": spelt("race_prize"),
    },
    prices={"sp": spelt("sp", "sp_dec")},
    signs=frozenset({"off_dt", "weight_lbs", "tsr", "sp_dec", "position"}),
    never=frozenset({"num", "wgt"}),
    unused=FLAT_UNUSED
    | {
        "jumps",
        "jockey_claim_lbs",
        "winning_time_detail",
        "comments",
        "non_runners",
        "race_comments",
        "tote_win",
        "tote_pl",
        "tote_ex",
        "tote_csf",
        "tote_tricast",
        "tote_trifecta",
    },
)

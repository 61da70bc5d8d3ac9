"""The Hong Kong parquet file: tote win odds, stalls, seconds, sectionals, no off times.

Official ratings before 2016 exist only for horses that were still on file years later, so they
are read as missing (survivorship). `prize` is the race's, not the runner's.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import RESULT, Reader, Spelling
from velo.warehouse.readers.spellings import JOCKEY, POSITION, spelt

READER = Reader(
    name="hong_kong",
    columns={
        "date": spelt("date"),
        "course": spelt("course"),
        "region": spelt("region"),
        "source_race_id": spelt("race_id"),
        "race_no": spelt("race_no"),
        "race_name": spelt("race_name"),
        "race_type": spelt("type"),
        "class": spelt("class"),
        "rating_band": spelt("rating_band"),
        "distance": spelt("dist"),
        "surface": spelt("surface"),
        "going": spelt("going"),
        "rail": spelt("rail"),
        "ran": spelt("ran"),
        "number": spelt("num"),
        "position": POSITION,
        "draw": spelt("draw"),
        "horse": spelt("horse"),
        "bred": spelt("bred"),
        "source_horse_id": spelt("horse_id"),
        "age": spelt("age"),
        "sex": spelt("sex"),
        "weight": spelt("wgt", "lbs"),
        "headgear": spelt("hg"),
        "jockey": JOCKEY,
        "trainer": spelt("trainer"),
        "owner": spelt("owner"),
        "official_rating": (
            Spelling(("date", "official_rating"), "CASE WHEN {0} >= '2016' THEN {1} END"),
        ),
        "seconds": spelt("secs"),
        "beaten": spelt("ovr_btn"),
        "race_prize": spelt("prize"),
        "sire": spelt("sire"),
        "dam": spelt("dam"),
        "damsire": spelt("damsire"),
        "comment": spelt("comment"),
        "running_position": spelt("running_position"),
    },
    prices={"sp": spelt("sp_dec")},
    sectionals={section: spelt(f"sec{section}") for section in range(1, 7)},
    needs=(*RESULT, frozenset({"race_no"})),
    signs=frozenset({"win_div", "place_div", "running_position", "rail"}),
    unused=frozenset(
        (
            "off",
            "dist_m",
            "dist_f",
            "horse_zh",
            "body_wgt",
            "rpr",
            "ts",
            "sp",
            "lbw_raw",
            "time",
            "win_div",
            "place_div",
            "src",
            *(f"race_sec{section}" for section in range(1, 7)),
        )
    ),
    version=3,
)

"""rpscrape's CSV until February 2020: `time` is the off, `name` or `horse_name` the horse.

`class` holds the pattern as well, `band` the ages that may run. To December 2018 `jockey` holds the
trainer and `trainer` the jockey: `velo.warehouse.swapped_people` puts them right.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader, Spelling
from velo.warehouse.readers.spellings import (
    JOCKEY,
    POSITION,
    in_unit,
    spelt,
)

READER = Reader(
    name="rpscrape_old",
    version=3,
    omits=frozenset({"country", "suffix"}),
    columns={
        "date": spelt("date"),
        "course": spelt("course"),
        "region": spelt("region"),
        "off": spelt("time"),
        "race_name": spelt("race_name"),
        "class": (Spelling(("class",), "CASE WHEN {0} ILIKE 'class%' THEN {0} END"),),
        "pattern": (Spelling(("class",), "CASE WHEN {0} NOT ILIKE 'class%' THEN {0} END"),),
        "distance": (
            *spelt("distance"),
            *in_unit("f", "dist(f)"),
            *in_unit("m", "dist(m)"),
        ),
        "going": spelt("going"),
        "position": POSITION,
        "draw": spelt("draw"),
        "horse": (
            *spelt("horse_name"),
            Spelling(("name",), lacks=frozenset({"horse_name", "horse"})),
            *spelt("horse"),
        ),
        "age": spelt("age"),
        "weight": spelt("weight", "lbs"),
        "headgear": spelt("gear"),
        "jockey": JOCKEY,
        "trainer": spelt("trainer"),
        "official_rating": spelt("or"),
        "rpr": spelt("rpr"),
        "ts": spelt("ts"),
        "time": spelt("fin_time"),
        "beaten": spelt("btn"),
        "prize": spelt("prize", "prize(£)"),
        "sire": spelt("sire"),
        "dam": spelt("dam"),
        "damsire": spelt("damsire"),
        "comment": spelt("comment"),
    },
    prices={"sp": spelt("sp", "dec")},
    never=frozenset({"off", "off_time"}),
    unused=frozenset({"band"}),
    witnesses=("dec",),
)

"""rpscrape's newer CSV: `Off` on a 12-hour clock, the price as a fraction and as a decimal.

It numbers neither races nor horses. A price that is missing as a fraction is taken as a decimal.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="rpscrape",
    omits=frozenset({"country", "suffix"}),
    mark=frozenset({"date", "course", "off", "name", "pos", "horse", "dec", "lbs"}),
    columns={
        "date": "date",
        "course": "course",
        "region": "region",
        "off": "off",
        "race_name": '"name"',
        "race_type": '"type"',
        "class": "class",
        "pattern": "pattern",
        "rating_band": "rating_band",
        "distance": "dist",
        "surface": "surface",
        "going": "going",
        "ran": "ran",
        "number": "num",
        "position": "pos",
        "draw": "draw",
        "horse": "horse",
        "age": "age",
        "sex": "sex",
        "weight": ("coalesce(wgt, lbs)", "lbs"),
        "headgear": "hg",
        "jockey": "jockey",
        "trainer": "trainer",
        "owner": "owner",
        "official_rating": '"or"',
        "rpr": "rpr",
        "ts": "ts",
        "time": '"time"',
        "beaten": "ovr_btn",
        "prize": "prize",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": "comment",
    },
    prices={"sp": ("coalesce(sp, dec)", "dec")},
)

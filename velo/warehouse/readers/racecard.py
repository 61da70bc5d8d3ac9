"""A card: who is to run. The raceform columns less what is known only after the race.

What is known after the race is not read, even where a file has a column for it.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

_YES = "('true', 'yes', 'y', 't', '1', '1.0')"
_OUT = f"WHEN lower(trim(non_runner)) IN {_YES} THEN 'non-runner'"
_WAITING = f"WHEN lower(trim(reserve)) IN {_YES} THEN 'reserve'"

READER = Reader(
    name="racecard",
    mark=frozenset({"date", "course", "off", "horse"}),
    never=frozenset({"pos"}),
    role="card",
    columns={
        "date": "date",
        "course": "course",
        "region": "region",
        "source_race_id": "race_id",
        "off": "off",
        "race_no": "race_no",
        "race_name": ("race_name", '"name"'),
        "race_type": '"type"',
        "class": "class",
        "pattern": "pattern",
        "rating_band": "rating_band",
        "distance": ("dist", "distance"),
        "surface": "surface",
        "going": "going",
        "ran": "ran",
        "number": "num",
        "draw": "draw",
        "horse": "horse",
        "bred": "bred",
        "source_horse_id": "horse_id",
        "age": "age",
        "sex": "sex",
        "weight": ("wgt", "lbs"),
        "headgear": "hg",
        "jockey": "jockey",
        "trainer": "trainer",
        "owner": "owner",
        "official_rating": ('"or"', "official_rating"),
        "race_prize": ("race_prize", "prize"),
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "standing": (
            "standing",
            f"CASE {_OUT} {_WAITING} END",
            f"CASE {_OUT} END",
            f"CASE {_WAITING} END",
        ),
    },
)

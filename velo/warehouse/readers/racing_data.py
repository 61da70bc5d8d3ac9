"""The flat table `racing_data` of a `velo_racing.db`, or the same columns in another file.

Older tables have no off time and no name of the race; newer ones have the other columns of the
raceform file as well.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="racing_data",
    mark=frozenset(
        {"date", "course", "race_id", "dist", "pos", "horse", "sp", "official_rating", "rpr", "ts"}
    ),
    columns={
        "date": "date",
        "course": "course",
        "region": "region",
        "source_race_id": "race_id",
        "off": "off",
        "race_no": "race_no",
        "race_name": "race_name",
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
        "source_horse_id": "horse_id",
        "age": "age",
        "sex": "sex",
        "weight": "wgt",
        "headgear": "hg",
        "jockey": "jockey",
        "trainer": "trainer",
        "owner": "owner",
        "official_rating": "official_rating",
        "rpr": "rpr",
        "ts": "ts",
        "seconds": "secs",
        "time": '"time"',
        "beaten": "ovr_btn",
        "prize": "prize",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": ("comment", "comments"),
    },
    prices={"sp": "sp"},
)

"""The raceform/Kaggle flat CSV: one row a runner, results and starting prices included."""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="raceform",
    mark=frozenset({"date", "course", "race_id", "off", "pos", "horse", "sp", "or", "rpr", "ts"}),
    columns={
        "date": "date",
        "course": "course",
        "region": "region",
        "source_race_id": "race_id",
        "off": "off",
        "race_name": "race_name",
        "race_type": "type",
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
        "weight": "wgt",
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
    prices={"sp": "sp"},
)

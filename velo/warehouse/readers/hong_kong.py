"""The Hong Kong parquet file: tote win odds, stalls, seconds, sectionals, no off times.

Official ratings before 2016 exist only for horses that were still on file years later, so they
are read as missing (survivorship). `prize` is the race's, not the runner's.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="hong_kong",
    mark=frozenset(
        {"date", "course", "race_id", "race_no", "pos", "horse", "horse_id", "sp_dec", "rail",
         "running_position", "win_div"}
    ),
    columns={
        "date": "date",
        "course": "course",
        "region": "region",
        "source_race_id": "race_id",
        "race_no": "race_no",
        "race_name": "race_name",
        "race_type": "type",
        "class": "class",
        "rating_band": "rating_band",
        "distance": "dist",
        "surface": "surface",
        "going": "going",
        "ran": "ran",
        "number": "num",
        "position": "pos",
        "draw": "draw",
        "horse": "horse",
        "bred": "bred",
        "source_horse_id": "horse_id",
        "age": "age",
        "sex": "sex",
        "weight": "wgt",
        "headgear": "hg",
        "jockey": "jockey",
        "trainer": "trainer",
        "owner": "owner",
        "official_rating": "CASE WHEN date >= '2016' THEN official_rating END",
        "seconds": "secs",
        "beaten": "ovr_btn",
        "race_prize": "prize",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": "comment",
    },
    prices={"sp": "sp_dec"},
    sectionals={section: f"sec{section}" for section in range(1, 7)},
)  # fmt: skip

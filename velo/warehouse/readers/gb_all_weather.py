"""The GB all-weather parquet file: exchange starting price and three earlier prices."""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="gb_all_weather",
    mark=frozenset(
        {"date", "course", "race_id", "off", "pos", "horse", "horse_id", "bsp", "eve_price",
         "break_price", "morn_price", "pf_speed"}
    ),
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
        "beaten": "ovr_btn",
        "race_prize": "prize",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": "comment",
    },
    prices={
        "bsp": "bsp",
        "morning": "morn_price",
        "breakfast": "break_price",
        "evening": "eve_price",
    },
)  # fmt: skip

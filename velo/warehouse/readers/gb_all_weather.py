"""The GB all-weather parquet file: exchange starting price and three earlier prices."""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader
from velo.warehouse.readers.spellings import JOCKEY, POSITION, spelt

READER = Reader(
    name="gb_all_weather",
    columns={
        "date": spelt("date"),
        "course": spelt("course"),
        "region": spelt("region"),
        "source_race_id": spelt("race_id"),
        "off": spelt("off"),
        "race_name": spelt("race_name"),
        "race_type": spelt("type"),
        "class": spelt("class"),
        "pattern": spelt("pattern"),
        "rating_band": spelt("rating_band"),
        "distance": spelt("dist"),
        "going": spelt("going"),
        "ran": spelt("ran"),
        "number": spelt("num"),
        "position": POSITION,
        "draw": spelt("draw"),
        "horse": spelt("horse"),
        "source_horse_id": spelt("horse_id"),
        "age": spelt("age"),
        "sex": spelt("sex"),
        "weight": spelt("wgt", "lbs"),
        "headgear": spelt("hg"),
        "jockey": JOCKEY,
        "trainer": spelt("trainer"),
        "owner": spelt("owner"),
        "official_rating": spelt("official_rating"),
        "rpr": spelt("rpr"),
        "ts": spelt("ts"),
        "seconds": spelt("secs"),
        "beaten": spelt("ovr_btn"),
        "race_prize": spelt("prize"),
        "sire": spelt("sire"),
        "dam": spelt("dam"),
        "damsire": spelt("damsire"),
        "comment": spelt("comment"),
        "pace": spelt("pace"),
    },
    prices={
        "bsp": spelt("bsp"),
        "morning": spelt("morn_price"),
        "breakfast": spelt("break_price"),
        "evening": spelt("eve_price"),
    },
    signs=frozenset({"eve_price", "break_price", "morn_price"}),
    unused=frozenset(
        (
            "age_band",
            "sex_rest",
            "dist_f",
            "dist_m",
            "btn",
            "time",
            "sp",
            "sp_dec",
            "mkt_dec",
            "claim",
            "pf_speed",
        )
    ),
    version=3,
)

r"""The exchange's daily file of starting prices: odds of runners that other files tell of.

`menu_hint` says `GB / Ling 31st Dec`, or since 2025 `Nottingham 31st May`: the region, the course,
perhaps cut short, the day without its year. Australia and New Zealand write the saddlecloth number
before the name: `7. Alder Bough`; in `4 Oaks` the number is part of the name.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader, Spelling
from velo.warehouse.readers.spellings import spelt

_NUMBERED = r"^\s*(\d{1,3})[A-Za-z]?\.\s*"
_RESERVE = r"(?i)\s*\((res|reserve|nr|non-runner)\.?\)\s*$"

READER = Reader(
    name="exchange",
    role="prices",
    needs=(frozenset({"date"}), frozenset({"course"}), frozenset({"horse"})),
    signs=frozenset({"bsp", "ppwap", "morningwap"}),
    columns={
        "date": (
            Spelling(
                ("event_dt",),
                r"nullif(trim(regexp_replace({0}, '[ T]\d{1,2}[:.]\d{2}.*$', '')), '')",
            ),
        ),
        "off": (
            Spelling(
                ("event_dt",), r"nullif(regexp_extract({0}, '[ T](\d{1,2}[:.]\d{2})', 1), '')"
            ),
        ),
        "region": (
            Spelling(
                ("menu_hint",),
                "CASE WHEN contains({0}, '/') THEN nullif(trim(split_part({0}, '/', 1)), '') END",
            ),
        ),
        "course": (
            Spelling(
                ("menu_hint",),
                r"nullif(trim(regexp_replace({0}, '^[^/]*/|\s+\d{1,2}(st|nd|rd|th)\b.*$', '',"
                " 'g')), '')",
            ),
        ),
        "race_name": spelt("event_name"),
        "horse": (
            Spelling(
                ("selection_name",),
                f"nullif(trim(regexp_replace(regexp_replace({{0}}, '{_NUMBERED}', ''),"
                f" '{_RESERVE}', '')), '')",
            ),
        ),
        "number": (
            Spelling(("selection_name",), f"nullif(regexp_extract({{0}}, '{_NUMBERED}', 1), '')"),
        ),
    },
    prices={
        "bsp": spelt("bsp"),
        "wap": spelt("ppwap"),
        "morning": spelt("morningwap"),
        "max": spelt("ppmax"),
        "min": spelt("ppmin"),
        "in-play-max": spelt("ipmax"),
        "in-play-min": spelt("ipmin"),
    },
    unused=frozenset(
        (
            "event_id",
            "selection_id",
            "win_lose",
            "morningtradedvol",
            "pptradedvol",
            "iptradedvol",
        )
    ),
)

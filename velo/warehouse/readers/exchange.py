r"""The exchange's daily file of starting prices: odds of runners that other files tell of.

`menu_hint` says `GB / Ling 31st Dec`: the region, the course cut short, the day without its year.
In Australia and New Zealand the saddlecloth stands before the name, `7. Alder Bough`.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="exchange",
    mark=frozenset({"menu_hint", "event_name", "event_dt", "selection_name", "bsp"}),
    role="prices",
    columns={
        "date": "split_part(trim(event_dt), ' ', 1)",
        "off": "nullif(split_part(trim(event_dt), ' ', 2), '')",
        "region": "CASE WHEN contains(menu_hint, '/') THEN trim(split_part(menu_hint, '/', 1)) END",
        "course": (
            r"nullif(trim(regexp_replace(menu_hint, '^[^/]*/|\s+\d{1,2}(st|nd|rd|th)\b.*$', '',"
            " 'g')), '')"
        ),
        "race_name": "event_name",
        "number": r"nullif(regexp_extract(selection_name, '^\s*(\d{1,2})\.\s*\S', 1), '')",
        "horse": r"regexp_replace(selection_name, '^\s*\d{1,2}\.\s*', '')",
    },
    prices={
        "bsp": "bsp",
        "wap": "ppwap",
        "morning": "morningwap",
        "max": "ppmax",
        "min": "ppmin",
        "in-play-max": "ipmax",
        "in-play-min": "ipmin",
    },
)

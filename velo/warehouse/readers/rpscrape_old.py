"""rpscrape's old CSV: dates such as `10 Nov 2018`, no race ids, no numbers, no field size.

Its columns do not all hold what they are called: `jockey` holds the trainer and `trainer` the
jockey, `class` the pattern, `band` the ages that may run, `time` the off.
"""

from __future__ import annotations

from velo.warehouse.readers.reader import Reader

READER = Reader(
    name="rpscrape_old",
    omits=frozenset({"country", "suffix"}),
    mark=frozenset(
        {"date", "course", "time", "race_name", "class", "band", "distance", "pos", "name", "sp",
         "weight", "gear", "jockey", "trainer"}
    ),
    columns={
        "date": "date",
        "course": "course",
        "off": '"time"',
        "race_name": "race_name",
        "class": "CASE WHEN class ILIKE 'class%' THEN class END",
        "pattern": "CASE WHEN class NOT ILIKE 'class%' THEN class END",
        "distance": "distance",
        "going": "going",
        "position": "pos",
        "draw": "draw",
        "horse": '"name"',
        "age": "age",
        "weight": "weight",
        "headgear": "gear",
        "jockey": "trainer",
        "trainer": "jockey",
        "official_rating": '"or"',
        "rpr": "rpr",
        "ts": "ts",
        "beaten": "btn",
        "prize": "prize",
        "comment": "comment",
    },
    prices={"sp": "sp"},
)  # fmt: skip

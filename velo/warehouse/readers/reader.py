"""What a reader is: a format's names for our columns, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FIELDS = (
    "date", "course", "region", "source_race_id", "off", "race_no", "race_name", "race_type",
    "class", "pattern", "rating_band", "distance", "surface", "going", "ran", "number", "position",
    "draw", "horse", "bred", "source_horse_id", "age", "sex", "weight", "headgear", "jockey",
    "trainer", "owner", "official_rating", "rpr", "ts", "seconds", "time", "beaten", "prize",
    "race_prize", "sire", "dam", "damsire", "comment", "off_dt", "standing",
)  # fmt: skip
"""Every column that a reader may fill, in the staging table's order. All are text."""

PRICE_KINDS = (
    "evening", "breakfast", "morning", "open", "touched", "wap", "min", "max", "sp", "bsp",
    "in-play-min", "in-play-max",
)  # fmt: skip
"""Every kind of price that the warehouse keeps (data.md, prices_history)."""

Role = Literal["results", "card", "prices"]
Expression = str | tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """A format.

    An expression is SQL over the file's own columns. Their names are in lower case, every value is
    text, and what the file writes for nothing is null. A tuple names alternatives: the first whose
    columns the file has is taken.

    Attributes:
        name: what `--format` calls it, and the `source` of its rows.
        mark: lower-case column names that together mark a file as this format.
        columns: our field -> expression.
        prices: price kind (`sp`, `bsp`, ...) -> expression that yields odds as text.
        sectionals: number of a section, from 1 -> expression that yields its seconds as text.
        role: whether its rows are results, the runners of a card, or prices of known runners.
        never: lower-case column names that a file of this format does not have.
        version: counted up with every change of what the format's files are read as.
        omits: what its files may leave out: the `country` of a course, the `suffix` of a horse.
    """

    name: str
    mark: frozenset[str]
    columns: Mapping[str, Expression]
    prices: Mapping[str, Expression] = field(default_factory=dict)
    sectionals: Mapping[int, Expression] = field(default_factory=dict)
    role: Role = "results"
    never: frozenset[str] = frozenset()
    version: int = 2
    omits: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for given, known in ((self.columns, FIELDS), (self.prices, PRICE_KINDS)):
            unknown = sorted(set(given) - set(known))
            if unknown:
                raise ValueError(f"reader {self.name}: no such field or kind of price {unknown}")
        if any(section < 1 for section in self.sectionals):
            raise ValueError(f"reader {self.name}: sections are counted from 1")
        if self.never & self.mark:
            raise ValueError(f"reader {self.name}: {sorted(self.never & self.mark)} mark it")

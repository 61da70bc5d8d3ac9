"""What a reader is: a format's names for our columns, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIELDS = (
    "date", "course", "region", "source_race_id", "off", "race_no", "race_name", "race_type",
    "class", "pattern", "rating_band", "distance", "surface", "going", "ran", "number", "position",
    "draw", "horse", "source_horse_id", "age", "sex", "weight", "headgear", "jockey", "trainer",
    "owner", "official_rating", "rpr", "ts", "seconds", "time", "beaten", "prize", "race_prize",
    "sire", "dam", "damsire", "comment",
)  # fmt: skip
"""Every column that a reader may fill, in the staging table's order. All are text."""


@dataclass(frozen=True)
class Reader:
    """A format.

    Attributes:
        name: what `--format` calls it, and the `source` of its races.
        mark: lower-case column names that together mark a file as this format.
        columns: our field -> SQL expression over the file's own columns.
        prices: price kind (`sp`, `bsp`, ...) -> SQL expression that yields odds as text.
    """

    name: str
    mark: frozenset[str]
    columns: Mapping[str, str]
    prices: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.columns) - set(FIELDS)
        if unknown:
            raise ValueError(f"reader {self.name}: no such field {sorted(unknown)}")

"""What a reader is: how a format spells our fields, and what a file of it must be able to give."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from velo.sql_text import identifier
from velo.warehouse.readers.after_race import AFTER_RACE

FIELDS = (
    "date",
    "course",
    "region",
    "source_race_id",
    "off",
    "race_no",
    "race_name",
    "race_type",
    "class",
    "pattern",
    "rating_band",
    "distance",
    "surface",
    "going",
    "rail",
    "ran",
    "number",
    "position",
    "draw",
    "horse",
    "bred",
    "source_horse_id",
    "age",
    "sex",
    "weight",
    "headgear",
    "jockey",
    "trainer",
    "owner",
    "official_rating",
    "rpr",
    "ts",
    "seconds",
    "time",
    "beaten",
    "prize",
    "race_prize",
    "sire",
    "dam",
    "damsire",
    "comment",
    "running_position",
    "pace",
    "off_dt",
    "standing",
)
"""Every column that a reader may fill, in the staging table's order. All are text."""

PRICE_KINDS = (
    "evening",
    "breakfast",
    "morning",
    "open",
    "touched",
    "wap",
    "min",
    "max",
    "sp",
    "bsp",
    "in-play-min",
    "in-play-max",
)
"""Every kind of price that the warehouse keeps (data.md, Kinds of price)."""

Role = Literal["results", "card", "prices"]

WHICH_RACE = frozenset({"off", "off_dt", "source_race_id", "race_no", "race_name"})
"""Fields any of which tells the races of a day and course apart."""
RUNNER = (
    frozenset({"date"}),
    frozenset({"course"}),
    frozenset({"horse"}),
    WHICH_RACE,
)
RESULT = (*RUNNER, frozenset({"position"}))


@dataclass(frozen=True)
class Spelling:
    """One way in which files of a format write a field.

    Attributes:
        columns: folded names of the columns that it takes; the file must have all of them.
        sql: SQL in which `{0}`, `{1}`, ... are those columns. They are text, null where the file
            writes nothing.
        lacks: names that the file must not have, for the column then means another thing.
    """

    columns: tuple[str, ...]
    sql: str = "{0}"
    lacks: frozenset[str] = frozenset()

    def fits(self, columns: Collection[str]) -> bool:
        """Whether a file of these columns spells the field so."""
        return all(name in columns for name in self.columns) and not any(
            name in columns for name in self.lacks
        )

    def bound(self) -> str:
        """The SQL over the file's columns."""
        sql = self.sql
        for place, name in enumerate(self.columns):
            sql = sql.replace(f"{{{place}}}", identifier(name))
        return sql


Spellings = tuple[Spelling, ...]


@dataclass(frozen=True)
class Reader:
    """A format.

    Of a field's spellings every one that a file has is taken, row by row the first that is not
    empty.

    Attributes:
        name: what `--format` calls it, and the `source` of its rows.
        columns: our field -> its spellings.
        prices: price kind (`sp`, `bsp`, ...) -> spellings of the odds.
        sectionals: number of a section, from 1 -> spellings of its seconds.
        role: whether its rows are results, the runners of a card, or prices of known runners.
        needs: sets of fields; a file must give at least one of each.
        signs: columns that only this format has; a file must have at least one, if there are any.
        never: columns that no file of this format has.
        unused: columns that the format has and the warehouse has no place for.
        witnesses: columns kept in staging for a rule that looks at the file as a whole.
        version: counted up with every change of what the format's files are read as.
        omits: what its files may leave out: the `country` of a course, the `suffix` of a horse.
    """

    name: str
    columns: Mapping[str, Spellings] = field(repr=False)
    prices: Mapping[str, Spellings] = field(default_factory=dict, repr=False)
    sectionals: Mapping[int, Spellings] = field(default_factory=dict, repr=False)
    role: Role = "results"
    needs: tuple[frozenset[str], ...] = field(default=RESULT, repr=False)
    signs: frozenset[str] = field(default=frozenset(), repr=False)
    never: frozenset[str] = field(default=frozenset(), repr=False)
    unused: frozenset[str] = field(default=frozenset(), repr=False)
    witnesses: tuple[str, ...] = ()
    version: int = 2
    omits: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for given, known in ((self.columns, FIELDS), (self.prices, PRICE_KINDS)):
            unknown = sorted(set(given) - set(known))
            if unknown:
                raise ValueError(f"reader {self.name}: no such field or kind of price {unknown}")
        if any(section < 1 for section in self.sectionals):
            raise ValueError(f"reader {self.name}: sections are counted from 1")
        leaks = sorted(self.spelt & AFTER_RACE) if self.role == "card" else []
        if leaks or (self.role == "card" and self.prices):
            raise ValueError(f"reader {self.name}: a card takes no result, as {leaks or 'prices'}")

    @property
    def spelt(self) -> frozenset[str]:
        """Every column that a spelling of this reader takes."""
        parts = (*self.columns.values(), *self.prices.values(), *self.sectionals.values())
        return frozenset(name for spellings in parts for each in spellings for name in each.columns)

    def takes(self, columns: Collection[str]) -> frozenset[str]:
        """Which of a file's columns are read."""
        parts = (*self.columns.values(), *self.prices.values(), *self.sectionals.values())
        return frozenset(
            name
            for spellings in parts
            for each in spellings
            if each.fits(columns)
            for name in each.columns
        )

    def knows(self, columns: Collection[str]) -> frozenset[str]:
        """Which of a file's columns are read, or are the format's and have no place here."""
        return self.takes(columns) | (self.unused & frozenset(columns))

    def lacking(self, columns: Collection[str]) -> list[str]:
        """What a file of these columns lacks for this format, each as the format spells it."""
        missing = [
            " or ".join(
                sorted(self.columns[name][0].columns[0] for name in need if name in self.columns)
            )
            for need in self.needs
            if not any(self._gives(name, columns) for name in need)
        ]
        if self.signs and not any(name in columns for name in self.signs):
            missing.append(" or ".join(sorted(self.signs)))
        return missing

    def plain(self, field: str, columns: Collection[str]) -> list[str]:
        """The columns of a file that are a field as they stand, the preferred one first."""
        return [
            each.columns[0]
            for each in self.columns.get(field, ())
            if each.sql == "{0}" and each.fits(columns)
        ]

    def _gives(self, name: str, columns: Collection[str]) -> bool:
        return any(each.fits(columns) for each in self.columns.get(name, ()))


def bound(spellings: Spellings | None, columns: Collection[str]) -> str | None:
    """SQL of a field over a file's columns; None where the file does not have it."""
    present = [each.bound() for each in spellings or () if each.fits(columns)]
    if not present:
        return None
    return f"({present[0]})" if len(present) == 1 else f"coalesce({', '.join(present)})"

"""What a format-year is: its columns, and what each of them means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

SAME = (
    "date",
    "course",
    "region",
    "off",
    "race_name",
    "class",
    "pattern",
    "rating_band",
    "going",
    "surface",
    "ran",
    "draw",
    "horse",
    "age",
    "sex",
    "jockey",
    "trainer",
    "prize",
    "rpr",
    "ts",
    "sire",
    "dam",
    "damsire",
    "owner",
    "comment",
    "race_no",
)
RESULT_SPELLINGS = ("pos", "position", "finish_pos", "placing", "fin")


@dataclass(frozen=True)
class Layout:
    """A format-year.

    Attributes:
        columns: the columns that it writes, in order.
        means: column -> our field; a column that is missing here means nothing to us. Of two
            columns of one field the first of `columns` counts.
        first: first day of its files.
        twenty_four: the day from which offs are on a 24-hour clock.
        slug: courses as slugs, without a country unless there is a region.
        suffixes: whether horses carry their country.
        needed: columns that make the format-year what it is, so that a test may not drop them.
        role: `results` or `card`.
        container: `csv`, `json-results`, `json-by-region` or `json-racecards`.
    """

    name: str
    columns: tuple[str, ...]
    means: dict[str, str]
    first: date
    twenty_four: date | None = None
    slug: bool = False
    suffixes: bool = True
    needed: frozenset[str] = frozenset()
    role: str = "results"
    header_case: str = "lower"
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    last: date = field(default=date(2025, 10, 1))
    quoted: bool = False
    container: str = "csv"


def _means(columns: tuple[str, ...], **other: str) -> dict[str, str]:
    known = {name: name for name in SAME} | {
        "race_id": "source_race_id",
        "type": "race_type",
        "dist": "distance",
        "num": "number",
        "pos": "position",
        "ovr_btn": "beaten",
        "wgt": "weight",
        "lbs": "weight",
        "hg": "headgear",
        "secs": "seconds",
        "time": "seconds",
        "sp": "sp",
        "dec": "sp",
        "or": "official_rating",
        "official_rating": "official_rating",
        "horse_id": "source_horse_id",
    }
    known |= other
    return {name: known[name] for name in columns if known.get(name)}


def layout(name: str, columns: str, first: date, **rest: object) -> Layout:
    names = tuple(columns.split())
    other = rest.pop("other", {})
    assert isinstance(other, dict)
    return Layout(name, names, _means(names, **other), first, **rest)  # type: ignore[arg-type]

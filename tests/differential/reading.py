"""A text table of a format-year read independently: what the warehouse may hold of each row."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.differential import cells, clocks
from tests.differential.cells import NOTHING, UNREAD, Cell
from tests.differential.layout import RESULT_SPELLINGS, Layout
from tests.differential.layouts import KNOWN_AFTER

TEXTS = (
    "race_name",
    "race_type",
    "class",
    "pattern",
    "rating_band",
    "going",
    "sex",
    "headgear",
    "jockey",
    "trainer",
    "owner",
    "sire",
    "dam",
    "damsire",
    "comment",
)
NUMBERS = {
    "official_rating": cells.rating,
    "rpr": cells.rating,
    "ts": cells.rating,
    "beaten": cells.beaten,
    "prize": cells.money,
    "draw": cells.stall,
    "age": cells.age,
    "ran": cells.whole,
    "race_no": cells.whole,
}

Key = tuple[date, str, str]
"""Day, course and horse as the file writes them, the horse's name folded."""


@dataclass
class Row:
    """A row of the file: refused, or a runner with its cells."""

    line: int
    key: Key | None = None
    refused: bool = False
    may_be_refused: bool = False
    cells: dict[str, Cell] = field(default_factory=dict)


@dataclass
class Reading:
    """A file.

    Attributes:
        rows: in the file's order.
        refused_whole: it must be refused, and nothing kept of it.
        remark: something must be noted about the file as a whole.
        coupled: day, course and off text of races with coupled entries.
    """

    rows: list[Row]
    refused_whole: bool = False
    remark: bool = False
    coupled: set[tuple[date, str, str]] = field(default_factory=set)


def read_csv(path: Path, layout: Layout) -> Reading:
    """A CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    header = [name.strip().lower() for name in lines[0]]
    records = [dict(zip(header, line, strict=False)) for line in lines[1:]]
    return read_records(records, header, layout, first_line=2)


def read_records(
    records: list[dict[str, str]], header: list[str], layout: Layout, first_line: int = 1
) -> Reading:
    """Rows of text under lower-case column names."""
    sources = _sources(header, layout)
    month_first, refused, remark = _date_order([_one(r, sources["date"]) or "" for r in records])
    if refused:
        return Reading([], refused_whole=True)
    days = [cells.day(_one(r, sources["date"]), month_first) for r in records]
    offs = _offs(records, days, sources, layout)
    races = [
        (day, _one(r, sources["course"]), _mark(r, sources))
        for r, day in zip(records, days, strict=True)
    ]
    sizes = Counter(races)
    numbers: dict[Any, list[str]] = defaultdict(list)
    rows: list[Row] = []
    seen: set[Any] = set()
    for i, (record, race) in enumerate(zip(records, races, strict=True)):
        row = _row(record, sources, layout, i + first_line, race, sizes[race], offs)
        who = (race, row.key)
        row.refused = row.refused or (row.key is not None and who in seen)
        seen.add(who)
        rows.append(row)
        starts = row.cells.get("status", NOTHING).values != ("withdrawn",)
        if not row.refused and starts and row.cells.get("standing", NOTHING) == NOTHING:
            numbers[race].append(_one(record, sources.get("number", [])) or "")
    coupled = {race for race, texts in numbers.items() if _is_coupled(texts)}
    return Reading(rows, remark=remark, coupled=coupled)  # type: ignore[arg-type]


def _sources(header: list[str], layout: Layout) -> dict[str, list[str]]:
    """Field -> the file's columns for it, the format-year's first choice first."""
    columns_of: dict[str, list[str]] = defaultdict(list)
    for column in layout.columns:
        meaning = layout.means.get(column)
        if meaning == "position":
            columns_of["position"] += [name for name in RESULT_SPELLINGS if name in header]
        elif meaning and column in header:
            columns_of[meaning].append(column)
    if layout.role == "card":
        for name in KNOWN_AFTER:
            columns_of.pop(name, None)
    return columns_of


def _one(record: dict[str, str], columns: list[str]) -> str | None:
    """The first of the columns in which the file writes something."""
    return next((record[c] for c in columns if not cells.empty(record.get(c))), None)


def _mark(record: dict[str, str], sources: dict[str, list[str]]) -> str | None:
    """What tells the race apart on its day: its off, else its number."""
    return _one(record, sources.get("off", [])) or _one(record, sources.get("race_no", []))


def _date_order(texts: list[str]) -> tuple[bool, bool, bool]:
    """Whether months come first, the file contradicts itself, or the order is a guess."""
    pairs = [
        (int(m[1]), int(m[2]))
        for text in texts
        if (m := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}", text.strip()))
    ]
    day_first = any(a > 12 >= b for a, b in pairs)
    month_first = any(b > 12 >= a for a, b in pairs)
    if day_first and month_first:
        return False, True, False
    return month_first, False, bool(pairs) and not day_first


def _offs(
    records: list[dict[str, str]],
    days: list[date | None],
    sources: dict[str, list[str]],
    layout: Layout,
) -> dict[clocks.Race, tuple[str, ...]]:
    races = [
        (day, course, off, _one(record, sources.get("region", [])))
        for record, day in zip(records, days, strict=True)
        if day
        and (course := _one(record, sources["course"]))
        and (off := _one(record, sources.get("off", [])))
    ]
    late = [r for r in races if layout.twenty_four and r[0] >= layout.twenty_four]
    early = [r for r in races if r not in late]
    return clocks.offs(early) | clocks.offs(late, twenty_four=True)


def _row(
    record: dict[str, str],
    sources: dict[str, list[str]],
    layout: Layout,
    line: int,
    race: tuple[date | None, str | None, str | None],
    size: int,
    offs: dict[clocks.Race, tuple[str, ...]],
) -> Row:
    day, course, _ = race
    off = _one(record, sources.get("off", []))
    horse = _one(record, sources["horse"])
    if day is None or course is None or horse is None:
        return Row(line, refused=True)
    texts = {name: _one(record, columns) for name, columns in sources.items()}
    by_field = {name: cells.plain(texts.get(name)) for name in TEXTS if name in texts}
    if "class_or_pattern" in sources:
        text = texts["class_or_pattern"]
        name = "class" if (text or "").lower().startswith("class") else "pattern"
        by_field |= {"class": NOTHING, "pattern": NOTHING, name: cells.plain(text)}
    by_field |= {name: rule(texts[name]) for name, rule in NUMBERS.items() if name in texts}
    by_field["going_group"] = cells.going(texts.get("going"))
    by_field["distance"] = _distance(record, sources.get("distance", []))
    by_field["number"], by_field["number_letter"] = cells.number(texts.get("number"))
    by_field["weight"] = _first(record, sources.get("weight", []), cells.weight)
    if "seconds" in sources:
        by_field["seconds"] = _either(record, sources["seconds"], cells.seconds)
    if "sp" in sources:
        by_field["sp"] = _first(record, sources["sp"], cells.odds)
    by_field["course"] = _course(course, texts.get("region"))
    for kind in ("bsp", "morning", "breakfast", "evening"):
        if kind in texts:
            by_field[kind] = cells.odds(texts[kind])
    if "race_prize" in texts:
        by_field["race_prize"] = cells.money(texts["race_prize"])
    row = Row(line, key=(day, canonical(course), folded(horse)), cells=by_field)
    if "position" in sources:
        field_size = max(size, int(re.sub(r"\D.*", "", texts.get("ran") or "") or 0))
        by_field["status"], by_field["position"], row.refused = cells.position(
            texts["position"], field_size, bool(texts.get("ran"))
        )
        if by_field["status"].accepts(None):
            _without_result(by_field)
    if "comment" in texts and layout.role == "results":
        opening, touched = cells.moves(texts["comment"])
        by_field["open"] = Cell((opening,))
        by_field["touched"] = Cell((touched,))
    by_field["country"] = cells.exactly(texts["bred"]) if texts.get("bred") else _country(horse)
    if layout.role == "card":
        by_field |= _card(texts, by_field)
    by_field |= _when(day, course, off, texts, offs)
    return row


def _without_result(by_field: dict[str, Cell]) -> None:
    """A runner whose place cannot be has no result, so what goes with one may be missing too."""
    for name in ("seconds", "beaten", "rpr", "ts", "prize", "comment"):
        if name in by_field:
            by_field[name] = replace(by_field[name], values=(*by_field[name].values, None))


def _when(
    day: date,
    course: str,
    off: str | None,
    texts: dict[str, str | None],
    offs: dict[clocks.Race, tuple[str, ...]],
) -> dict[str, Cell]:
    if texts.get("off_dt"):
        at = datetime.fromisoformat(texts["off_dt"] or "")
        return {
            "off": cells.exactly(at.astimezone(clocks.HOME).strftime("%H:%M")),
            "off_at": cells.exactly(at),
        }
    if off is None:
        return {"off": NOTHING, "off_at": NOTHING}
    times = offs[day, course, off]
    if not times:
        return {"off": UNREAD, "off_at": NOTHING}
    country = clocks.country_of(course, texts.get("region"))
    zone = clocks.zone_of(course, country)
    moments: tuple[Any, ...] = tuple(
        clocks.moment(day, clocks.minutes(each) or 0, zone) for each in times
    )
    # The hour that comes twice as summer time ends is written in one way.
    moments += tuple(
        again for each in moments if (again := each.replace(fold=1)).utcoffset() != each.utcoffset()
    )
    moments = tuple(each.astimezone(UTC) for each in moments)
    if len(moments) > 1 or country not in clocks.ONE_ZONE:
        moments += (None,)
    return {"off": Cell(times), "off_at": Cell(moments)}


def _first(record: dict[str, str], columns: list[str], rule: Any) -> Cell:
    """The first column that gives something; a later one may stand in for an unread one."""
    given = [rule(record[c]) for c in columns if not cells.empty(record.get(c))]
    if not given:
        return NOTHING
    if given[0].report == "no" or len(given) == 1:
        return given[0]
    # A column that could not be read may be stood in for by the next.
    others = tuple(v for cell in given[1:] if cell.report == "no" for v in cell.values)
    return Cell((*given[0].values, *others), "free") if others else given[0]


def _either(record: dict[str, str], columns: list[str], rule: Any) -> Cell:
    """Any of the columns that give something: two of one meaning stand side by side."""
    given = [rule(record[c]) for c in columns if not cells.empty(record.get(c))]
    if len(given) < 2:
        return given[0] if given else NOTHING
    known = tuple(v for cell in given if cell.report == "no" for v in cell.values)
    read_all = all(cell.report == "no" for cell in given)
    return Cell(known or (None,), "no" if read_all else "free" if known else "must")


def _country(horse: str) -> Cell:
    m = re.search(r"\(([A-Z]{2,3})\)\s*$", horse)
    return cells.exactly(m[1]) if m else Cell(("ANY",))


def _distance(record: dict[str, str], columns: list[str]) -> Cell:
    """Furlongs as a number, or a text; where a card has both either may be taken."""
    given = {name: record[name] for name in columns if not cells.empty(record.get(name))}
    if furlongs := given.get("distance_f", ""):
        given["distance_f"] = furlongs + "f" * furlongs.replace(".", "").isdigit()
    read = [cells.distance(text) for text in given.values()]
    known = tuple(value for cell in read if cell.report == "no" for value in cell.values)
    if not read or not known:
        return read[0] if read else NOTHING
    return Cell(known, "no" if all(cell.report == "no" for cell in read) else "free")


def _card(texts: dict[str, str | None], by_field: dict[str, Cell]) -> dict[str, Cell]:
    """A card gives no result; its non-runners and reserves are named as such."""
    out = texts.get("non_runner") == "True" or (texts.get("jockey") or "").lower() == "non-runner"
    standing = "non-runner" if out else "reserve" if texts.get("reserve") == "True" else None
    # A card that says no more leaves its reserves without a rider, numbered beyond the field.
    number, field_size = by_field["number"].values[0], by_field.get("ran", NOTHING).values[0]
    beyond = isinstance(number, int) and isinstance(field_size, int) and number > field_size
    reserve = standing is None and beyond and not texts.get("jockey")
    stands = Cell((None, "reserve")) if reserve else cells.exactly(standing)
    more = {"standing": stands, "status": NOTHING, "sp": NOTHING}
    if isinstance(field_size, int):  # those that are out are not counted
        more["ran"] = replace(by_field["ran"], values=tuple(range(field_size + 1)))
    if (texts.get("jockey") or "").lower() == "non-runner":
        more["jockey"] = NOTHING
    if (texts.get("class") or "").isdigit():
        more["class"] = Cell((texts["class"], f"Class {texts['class']}"))
    return more


def _course(course: str, region: str | None) -> Cell:
    """As the file writes it, or with the country that the file gives beside it."""
    name = course.strip()
    return Cell((name, f"{name} ({region})") if region else (name,))


def canonical(course: str) -> str:
    """A course without its country and case, to find its rows by."""
    return re.sub(r"\s*\((?!AW\))[A-Z]{2,3}\)", "", course).strip().lower()


def folded(name: str) -> str:
    return re.sub(r"\s*\([A-Za-z]{2,3}\)\s*$", "", " ".join(name.split())).strip().lower()


def _is_coupled(texts: list[str]) -> bool:
    counts = Counter(
        m[1] for t in texts if (m := re.fullmatch(r"(\d+)(?:\.0)?\s*[A-Za-z]?", t.strip()))
    )
    lettered = {m[1] for t in texts if (m := re.fullmatch(r"(\d+)\s*[A-Za-z]", t.strip()))}
    return any(counts[n] > 1 for n in lettered)

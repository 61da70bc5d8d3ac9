"""Files of a format-year with oddities planted at known cells. A seed gives the same file again."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.differential.cells import NOTHING, UNREAD, Cell, distance, exactly, perhaps
from tests.differential.json_files import write_json
from tests.differential.layout import RESULT_SPELLINGS, Layout
from tests.differential.layouts import LAYOUTS
from tests.differential.oddities import BY_FIELD, OF_THE_RACE
from tests.differential.truth import COURSES, Race, some_races

HOME_COUNTRIES = ("GB", "IRE", "GB")
_NEVER_DROPPED = {
    "date",
    "course",
    "off",
    "time",
    "horse",
    "name",
    "horse_name",
    "dist",
    "pos",
    "position",
    "going",
    "ran",
    "num",
    "number",
    "region",
    "race_name",
    "age",
    "off_time",
    "field_size",
    "runner_region",
    "distance_f",
    "distance",
}


@dataclass
class Planted:
    """A generated file and what was planted in it: line -> field -> cell."""

    path: Path
    layout: Layout
    seed: int
    cells: dict[int, dict[str, Cell]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    moments: dict[int, Any] = field(default_factory=dict)
    refused_whole: bool = False
    oddities: int = 0

    @property
    def first_line(self) -> int:
        """Of the rows: 2 below a CSV file's header, 1 elsewhere."""
        return 2 if self.layout.container == "csv" else 1


def generate(folder: Path, name: str, seed: int) -> Planted:
    """A file of the format-year at a seed."""
    layout = LAYOUTS[name]
    rng = np.random.default_rng([seed, sorted(LAYOUTS).index(name)])
    countries = tuple(country for country in COURSES if country != "NZ")
    if name in ("rpscrape-2020", "rpscrape-2019", "rpscrape-2019-jan", "rpscrape-2018"):
        countries = HOME_COUNTRIES[:2]
    races = some_races(rng, layout.first, layout.last, countries, bool(rng.random() < 0.3))
    form, dates_are_bad = _date_form(layout, rng)
    planted = Planted(
        folder / f"{name}-{seed}.{'csv' if layout.container == 'csv' else 'json'}",
        layout,
        seed,
        refused_whole=dates_are_bad,
    )
    columns = _columns(layout, rng)
    records = plain_records(layout, races, form)
    rows = [race for race in races for _ in race.runners]
    planted.moments = {
        line: race.moment for line, race in enumerate(rows, start=planted.first_line)
    }
    if dates_are_bad:
        records[0]["date"], records[-1]["date"] = "25/01/2019", "01/25/2019"
    _plant(records, races, layout, columns, planted, rng)
    if layout.role == "card":
        _withdraw(records, layout, rng)
    if layout.container == "csv":
        _write(planted.path, records, columns, layout, rng)
    else:
        write_json(planted.path, records, columns, layout)
    return planted


def plain_records(
    layout: Layout, races: list[Race], form: str = "%Y-%m-%d"
) -> list[dict[str, str]]:
    """The rows as the format-year writes them, without an oddity."""
    return [
        {**_record(layout, race, runner, number), "date": race.day.strftime(form)}
        for number, race in enumerate(races)
        for runner in race.runners
    ]


def _date_form(layout: Layout, rng: np.random.Generator) -> tuple[str, bool]:
    """How the file writes days; now and then it contradicts itself."""
    if "%d/%m/%Y" in layout.dates and rng.random() < 0.05:
        return "%d/%m/%Y", True
    return layout.dates[int(rng.integers(len(layout.dates)))], False


def _columns(layout: Layout, rng: np.random.Generator) -> list[str]:
    """The file's columns: some left out, some strange ones added, in any order."""
    kept = [
        name
        for name in layout.columns
        if name in _NEVER_DROPPED or name in layout.needed or rng.random() > 0.12
    ]
    kept += [f"extra_{k}" for k in range(int(rng.integers(0, 3)))]
    return [kept[i] for i in rng.permutation(len(kept)).tolist()] if rng.random() < 0.5 else kept


def _record(layout: Layout, race: Race, runner: dict[str, str], number: int) -> dict[str, str]:
    """One row as the format-year writes it, by column."""
    at = race.british
    late = layout.twenty_four is not None and race.day >= layout.twenty_four
    off = f"{at:%H:%M}" if late else f"{(at.hour - 1) % 12 + 1}:{at.minute:02d}"
    course = race.course
    if layout.slug:
        bare = course.replace(f"({race.country})", "").replace("(AW)", "aw").strip()
        course = "-".join(bare.lower().split())
    elif "region" in layout.columns or not layout.suffixes:
        course = race.course.replace(f" ({race.country})", "")
    horse = runner["horse"] + (f" ({runner['suffix']})" if layout.suffixes else "")
    if layout.role == "card" and number % 2:
        horse = runner["horse"]
    record = {
        "course": course,
        "region": race.country,
        "race_id": str(700_000 + number),
        "off": off,
        "time": runner["time"],
        "race_name": race.name,
        "type": race.kind,
        "class": "Class 4",
        "going": race.going,
        "ran": str(len(race.runners)),
        "num": runner["number"],
        "number": runner["number"],
        "pos": runner["place"],
        "position": runner["place"],
        "draw": runner["stall"],
        "ovr_btn": runner["ovr_btn"],
        "btn": runner["btn"],
        "horse": horse,
        "age": runner["age"],
        "sex": runner["sex"],
        "wgt": runner["stones"],
        "lbs": runner["pounds"],
        "weight": runner["stones"],
        "weight_lbs": runner["pounds"],
        "hg": runner["hg"],
        "headgear": runner["hg"],
        "sp": runner["price"],
        "dec": runner["decimal"],
        "sp_dec": runner["decimal"],
        "jockey": runner["jockey"],
        "trainer": runner["trainer"],
        "prize": runner["prize"],
        "or": runner["or"],
        "official_rating": runner["or"],
        "rpr": runner["rpr"],
        "ts": runner["ts"],
        "tsr": runner["ts"],
        "comment": runner["comment"],
        "comments": runner["comment"],
        "dist": race.distance,
        "distance": race.distance,
        "dist(f)": race.distance,
        "rating_band": "0-75",
        "band": "3yo+",
        "secs": runner["secs"],
        "fin_time": runner["time"],
        "sire": "Sire One (GB)",
        "dam": "Dam, the Second (IRE)",
        "damsire": "Damsire",
        "owner": 'Owner "One" Ltd',
        "gear": runner["hg"],
        "prize(£)": runner["prize"],
        "horse_name": horse,
        "extra_0": "x",
        "extra_1": "7/2",
        "off_dt": race.moment.isoformat(),
        "surface": "Turf",
        "off_time": off,
        "race_class": "4" if layout.name == "rpscrape-json-2026" else "Class 4",
        "race_type": race.kind,
        "field_size": str(len(race.runners)),
        "sex_code": runner["sex"],
        "ofr": runner["or"],
        "runner_region": runner["suffix"],
        "horse_id": runner["id"],
        "non_runner": "False",
        "reserve": "False",
    }
    if layout.container.startswith("json") and layout.role == "card":
        record |= {"horse": runner["horse"], "name": runner["horse"], "prize": "£4,187"}
        record["distance_f"] = f"{_furlongs(race.distance):g}"
    elif "horse_name" in layout.columns or "band" in layout.columns:
        record["time"], record["name"] = off, horse
    else:
        record["name"] = race.name
    if layout.means.get("jockey") == "trainer":
        record["jockey"], record["trainer"] = runner["trainer"], runner["jockey"]
    return record


def _furlongs(text: str) -> float:
    metres = distance(text).values[0]
    return round(float(metres) / 201.168 * 2) / 2


def _withdraw(records: list[dict[str, str]], layout: Layout, rng: np.random.Generator) -> None:
    """One runner in six is out, as the format-year says so; one in ten is a reserve."""
    for record in records:
        if rng.random() < 1 / 6:
            if "non_runner" in layout.columns and rng.random() < 0.7:
                record["non_runner"] = "True"
                record["jockey"] = ""
            else:
                record["jockey"] = "Non-Runner"
        elif "reserve" in layout.columns and rng.random() < 0.1:
            record["reserve"] = "True"


def _plant(
    records: list[dict[str, str]],
    races: list[Race],
    layout: Layout,
    columns: list[str],
    planted: Planted,
    rng: np.random.Generator,
) -> None:
    """Six to twelve oddities, at most one a field and row."""
    starts = np.cumsum([0, *(len(race.runners) for race in races)]).tolist()
    fields = [name for name in BY_FIELD if _column_of(layout, name, columns)]
    for _ in range(int(rng.integers(6, 13))):
        name = fields[int(rng.integers(len(fields)))]
        options = list(BY_FIELD[name])
        text = options[int(rng.integers(len(options)))]
        k = int(rng.integers(len(races)))
        rows = list(range(starts[k], starts[k + 1]))
        if name == "off" and (len(rows) == 0 or "race_id" not in columns or rng.random() < 0.7):
            continue
        if name == "off" and "off_dt" in columns:
            continue
        if name == "distance" and "distance_f" in columns:
            continue
        if name not in OF_THE_RACE:
            rows = [rows[int(rng.integers(len(rows)))]]
        lines = [row + planted.first_line for row in rows]
        if any(name in planted.cells.get(line, {}) or line in planted.refused for line in lines):
            continue
        column = _column_of(layout, name, columns)
        assert column is not None
        if column == "dist(f)" and text.replace(".", "").isdigit():
            continue  # In a column of furlongs a bare number has its unit.
        for row, line in zip(rows, lines, strict=True):
            records[row][column] = text
            planted.oddities += 1
            _expect(planted, line, name, text, len(races[k].runners), "ran" in columns)


def _expect(
    planted: Planted, line: int, name: str, text: str, field_size: int, unread: bool
) -> None:
    cells = planted.cells.setdefault(line, {})
    meant = BY_FIELD[name][text]
    if name == "number":
        cells["number"], cells["number_letter"] = meant
    elif name == "position":
        if meant == "?":
            planted.refused.add(line)
        elif isinstance(meant, str):
            cells["status"], cells["position"] = exactly(meant), NOTHING
        elif meant is None:
            cells["position"] = UNREAD
        elif meant > field_size:
            cells["position"] = UNREAD if unread else perhaps(meant)
        else:
            cells["status"], cells["position"] = exactly("finished"), exactly(meant)
    else:
        cells[name] = meant


def _column_of(layout: Layout, name: str, columns: list[str]) -> str | None:
    """The column that speaks first for a field, if no other could stand in for it."""
    meaning = {"going_group": "going"}.get(name, name)
    if layout.role == "card" and name in ("sp", "position", "rpr", "ts", "beaten", "seconds"):
        return None
    speaking = [c for c in layout.columns if layout.means.get(c) == meaning and c in columns]
    return speaking[0] if speaking else None


def _write(
    path: Path,
    records: list[dict[str, str]],
    columns: list[str],
    layout: Layout,
    rng: np.random.Generator,
) -> None:
    case = (str.lower, str.title, str.upper)[int(rng.integers(3))] if rng.random() < 0.3 else None
    header = list(columns)
    if layout.role == "results" and rng.random() < 0.2:
        new = RESULT_SPELLINGS[int(rng.integers(len(RESULT_SPELLINGS)))]
        header = [new if name in ("pos", "position") else name for name in header]
    if case is None:
        case = str.title if layout.header_case == "title" else str
    quoting = csv.QUOTE_ALL if layout.quoted and rng.random() < 0.5 else csv.QUOTE_MINIMAL
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator="\n")
        writer.writerow([case(name) for name in header])
        writer.writerows([record.get(name, "") for name in columns] for record in records)

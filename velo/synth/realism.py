"""How far the synthetic world is from real racing, one figure at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.synth.form_book import read_runs

# Each measure is one SELECT over ``runs`` that yields one number, or null where a file cannot say.
_RACES = "(select race, any_value(code) as code, any_value(handicap) as handicap, any_value(n) as n"
MEASURES: dict[str, str] = {
    "field size, mean": f"select avg(n) from {_RACES} from runs group by race)",
    "field size, flat": f"select avg(n) from {_RACES} from runs group by race) where code = 'Flat'",
    "field size, hurdle": (
        f"select avg(n) from {_RACES} from runs group by race) where code = 'Hurdle'"
    ),
    "field size, chase": (
        f"select avg(n) from {_RACES} from runs group by race) where code = 'Chase'"
    ),
    "field size, standard deviation": (f"select stddev(n) from {_RACES} from runs group by race)"),
    "fields of 16 and more, share": (
        f"select avg((n >= 16)::int) from {_RACES} from runs group by race)"
    ),
    "handicaps, share of races": (
        f"select avg(handicap::int) from {_RACES} from runs where printed group by race)"
    ),
    "overround": (
        "select avg(b) from (select any_value(book) b from runs where whole and sp is not null"
        " group by race)"
    ),
    "overround a runner": (
        "select avg((b - 1) / n) from (select any_value(book) b, any_value(n) n from runs"
        " where whole and sp is not null group by race)"
    ),
    "favourite, strike rate": (
        "select avg(w) from (select sum(win) / count(*) w from runs where favourite and whole"
        " group by race)"
    ),
    "favourite, ROI": "select avg(win * sp) - 1 from runs where favourite and whole",
    "ROI below 5.0": "select avg(win * sp) - 1 from runs where sp < 5 and whole",
    "ROI 5.0 to 8.0": "select avg(win * sp) - 1 from runs where sp >= 5 and sp < 8 and whole",
    "ROI 8.0 to 11.0": "select avg(win * sp) - 1 from runs where sp >= 8 and sp < 11 and whole",
    "ROI 11.0 to 21.0": "select avg(win * sp) - 1 from runs where sp >= 11 and sp < 21 and whole",
    "ROI 21.0 and over": "select avg(win * sp) - 1 from runs where sp >= 21 and whole",
    "market R2": (
        "select 1 - sum(win * ln(chance)) / sum(win * ln(1.0 / n)) from runs where whole"
    ),
    "market R2, handicaps": (
        "select 1 - sum(win * ln(chance)) / sum(win * ln(1.0 / n)) from runs"
        " where whole and handicap"
    ),
    "dead heats for first, share": (
        "select avg((w > 1)::int) from (select any_value(winners) w from runs group by race)"
    ),
    "non-finishers, flat": "select avg((place is null)::int) from runs where code = 'Flat'",
    "non-finishers, hurdle": "select avg((place is null)::int) from runs where code = 'Hurdle'",
    "non-finishers, chase": "select avg((place is null)::int) from runs where code = 'Chase'",
    "lengths to the second, flat": (
        "select median(beaten) from runs where place = 2 and code = 'Flat'"
    ),
    "lengths to the second, jumps": (
        "select median(beaten) from runs where place = 2 and code in ('Hurdle', 'Chase')"
    ),
    "lengths to the last, flat": (
        "select median(b) from (select max(beaten) b from runs where code = 'Flat' group by race)"
    ),
    "lengths to the last, jumps": (
        "select median(b) from (select max(beaten) b from runs where code in ('Hurdle', 'Chase')"
        " group by race)"
    ),
    "top RPR wins": (
        "select avg(w) from (select sum(win) / count(*) w from (select race, win, rpr ="
        " max(rpr) over (partition by race) as best from runs) where best group by race)"
    ),
    "official rating shown": "select avg((rating is not null)::int) from runs where printed",
    "official rating, flat mean": ("select avg(rating) from runs where code = 'Flat' and printed"),
    "official rating, flat deviation": (
        "select stddev(rating) from runs where code = 'Flat' and printed"
    ),
    "rating spread in handicaps, flat": (
        "select avg(s) from (select stddev(rating) s from runs where code = 'Flat' and handicap"
        " group by race)"
    ),
    "RPR shown": "select avg((rpr is not null)::int) from runs where printed",
    "TS shown": "select avg((ts is not null)::int) from runs where printed",
    "class missing": "select avg((class is null)::int) from runs where printed",
    "price moves in comments": "select avg(moves::int) from runs where printed",
    "layoff, median days": "select median(layoff) from runs",
    "layoff, upper quartile": "select quantile_cont(layoff, 0.75) from runs",
    "layoff of 30 to 60 days, share": (
        "select avg((layoff between 30 and 60)::int) from runs where layoff is not null"
    ),
    "layoff over 90 days, share": (
        "select avg((layoff > 90)::int) from runs where layoff is not null"
    ),
    "easier class than last time": (
        "select avg((easier > 0)::int) from runs where easier is not null"
    ),
    "harder class than last time": (
        "select avg((easier < 0)::int) from runs where easier is not null"
    ),
    "runs a horse": "select count(*) / count(distinct horse)::double from runs",
    "rides of the busiest 1% of jockeys": (
        "select sum(c) filter (where k <= ceil(m * 0.01)) / sum(c) from (select count(*) c,"
        " row_number() over (order by count(*) desc) k, count(*) over () m from runs"
        " group by jockey)"
    ),
    "runners of the busiest 1% of trainers": (
        "select sum(c) filter (where k <= ceil(m * 0.01)) / sum(c) from (select count(*) c,"
        " row_number() over (order by count(*) desc) k, count(*) over () m from runs"
        " group by trainer)"
    ),
}
# A file of a few days cannot say how often a horse runs.
_NEEDS_YEARS = ("layoff", "class than", "runs a horse", "busiest")


@dataclass(frozen=True)
class Distance:
    """One figure of the synthetic world beside that of a real file."""

    name: str
    synthetic: float
    real: float
    file: str


def measure(path: Path) -> dict[str, float]:
    """Every figure that a file can say.

    Raises:
        InputError: the file cannot be read as results.
    """
    con = read_runs(path)
    try:
        days = con.execute("select date_diff('day', min(date), max(date)) from runs").fetchall()
        long = days[0][0] is not None and days[0][0] > 360
        figures = {
            name: _figure(con, query)
            for name, query in MEASURES.items()
            if long or not any(part in name for part in _NEEDS_YEARS)
        }
    finally:
        con.close()
    return {name: value for name, value in figures.items() if value is not None}


def _figure(con: duckdb.DuckDBPyConnection, query: str) -> float | None:
    value = con.execute(query).fetchall()[0][0]
    return None if value is None else float(value)


def distances(world: Path, real: list[Path]) -> list[Distance]:
    """The synthetic world beside each real file, figure by figure, where both can say.

    Raises:
        InputError: a file is missing or cannot be read as results.
    """
    ours = measure(world)
    return [
        Distance(name=name, synthetic=ours[name], real=value, file=path.name)
        for path in real
        for name, value in measure(path).items()
        if name in ours
    ]

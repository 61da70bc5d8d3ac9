"""One table of runs out of a raceform file, a synthetic world or a parquet of real results.

``runs`` holds what the measures of ``calibration`` need and nothing else: prices are decimal,
weights pounds, lengths lengths; what a file does not have is null.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from velo.disk.interruptible import connect
from velo.disk.pattern import as_pattern
from velo.errors import InputError
from velo.sql_text import literal

_ODDS = """case
    when {c} ilike 'ev%' then 2.0
    when regexp_matches({c}, '^[0-9]+/[0-9]+') then 1
        + regexp_extract({c}, '^([0-9]+)/([0-9]+)', 1)::double
        / regexp_extract({c}, '^([0-9]+)/([0-9]+)', 2)::double
    end"""

_RACEFORM = """
select date::date as date, date || '|' || course || '|' || off as race, type as code,
    race_name ilike '%handicap%' as handicap, course,
    try_cast(regexp_extract("class", '[0-9]') as integer) as class,
    try_cast(pos as double) as place, pos in ('WV', 'NR', 'VOI') as unraced,
    {odds} as sp, {odds} as price, regexp_matches(sp, '[FJC]$') as favourite,
    horse, jockey, trainer, try_cast("or" as double) as rating, try_cast(rpr as double) as rpr,
    try_cast(ts as double) as ts, try_cast(ovr_btn as double) as beaten,
    regexp_matches(comment, '(op|tchd) [0-9E]') as moves, true as printed,
    not regexp_matches(course, '\\([A-Z]{{2,}}\\)') or course like '%(IRE)%'
        or regexp_matches(course, '\\(AW\\)$') as home
from {table}
"""

_PARQUET = """
select date, date || '|' || course || '|' || race_id as race, type as code,
    {handicap} as handicap, course,
    try_cast(regexp_extract("class", '[0-9]') as integer) as class,
    try_cast(regexp_extract(pos, '^[0-9]+') as double) as place, false as unraced,
    {sp} as sp, {price} as price, null::boolean as favourite,
    coalesce(horse_id, horse) as horse, jockey, trim(trainer) as trainer,
    official_rating::double as rating, rpr::double as rpr, ts::double as ts,
    ovr_btn as beaten, null::boolean as moves, false as printed, true as home
from {table}
"""

_RUNS = """
create temp table runs as
with read as ({select}),
starters as (select * from read where not unraced and home),
counted as (
    select *, count(*) over r as n, sum((place = 1)::int) over r as winners,
        bool_and(price is not null) over r as whole, sum(1 / price) over r as book,
        min(price) over r as shortest
    from starters window r as (partition by race)
)
select * exclude (favourite), coalesce(favourite, price = shortest) as favourite,
    case when place = 1 then 1.0 / winners else 0.0 end as win, 1 / price / book as chance,
    date_diff('day', lag(date) over h, date) as layoff, class - lag(class) over h as easier
from counted where winners >= 1
window h as (partition by horse order by date)
"""


def read_runs(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that holds the table ``runs`` of one file.

    Raises:
        InputError: the file is missing, or has neither the raceform columns nor the parquet's.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist: name a raceform CSV or a parquet of results")
    con = connect()
    file = literal(as_pattern(path))
    try:
        if path.suffix == ".parquet":
            con.execute(f"create view f as select * from read_parquet({file})")
        else:
            con.execute(
                f"create view f as select * from read_csv({file}, all_varchar=true, "
                "header=true, delim=',', quote='\"')"
            )
        names = {row[0] for row in con.execute("describe f").fetchall()}
        con.execute(_RUNS.format(select=_select(path, names)))
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise InputError(f"{path} cannot be read as results: {first}") from error
    return con


def _select(path: Path, names: set[str]) -> str:
    if {"off", "sp", "or", "ovr_btn", "comment"} <= names:
        return _RACEFORM.format(odds=_ODDS.format(c="sp"), table="f")
    if not {"horse_id", "official_rating", "sp_dec"} <= names:
        raise InputError(f"{path} has neither raceform's columns nor the results parquet's")
    exchange = "bsp" in names
    return _PARQUET.format(
        handicap="race_name ilike '%handicap%'" if exchange else "true",
        sp="null::double" if exchange else "sp_dec",
        price="bsp" if exchange else "nullif(sp_dec, 0)",
        table="f",
    )

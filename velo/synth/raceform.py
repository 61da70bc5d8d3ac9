"""Writing a world as raceform prints it: 37 text columns with their spellings and their gaps.

Every column is a list of distinct texts and a code a row, so strings are looked up, not built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from velo.synth import programme as p
from velo.synth.bookmakers import LADDER, BookPrices
from velo.synth.calendar import GOINGS
from velo.synth.comments import SHOWN_SHARE, phrases, price_moves
from velo.synth.horses import HEADGEAR
from velo.synth.invented_names import SPONSORS
from velo.synth.pedigrees import Stud
from velo.synth.race_results import FINISHED, MISHAP, MISHAPS, WITHDRAWN, RaceResults
from velo.synth.scale import FIRST_DAY
from velo.synth.simulation import World
from velo.synth.spelling import (
    MISSING,
    clock,
    distance_text,
    look_up,
    numbers,
    prizes,
    ratings,
    tenths,
    times,
)
from velo.synth.tracks import GB, IRE

COLUMNS = (
    "date",
    "course",
    "race_id",
    "off",
    "race_name",
    "type",
    "class",
    "pattern",
    "rating_band",
    "age_band",
    "sex_rest",
    "dist",
    "going",
    "ran",
    "num",
    "pos",
    "draw",
    "ovr_btn",
    "btn",
    "horse",
    "age",
    "sex",
    "wgt",
    "hg",
    "time",
    "sp",
    "jockey",
    "trainer",
    "prize",
    "or",
    "rpr",
    "ts",
    "sire",
    "dam",
    "damsire",
    "owner",
    "comment",
)
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
_CHUNK = 250_000
_BLANK_TYPE_SHARE = 0.002
_BLANK_GOING_SHARE = 0.002
_LOST_ROW_SHARE = 0.0006  # races that miss a beaten runner's row
_SHARED_ID_SHARE = 0.0006
_MARKS = ("", "F", "J", "C")
_KIND_NAMES = (
    ("Novice Stakes", "Maiden Stakes", "EBF Maiden Stakes", "Nursery Stakes"),
    ("Maiden Stakes", "Median Auction Maiden Stakes", "Novice Stakes", "Claiming Stakes"),
    ("Handicap", "Handicap", "Handicap (Div I)", "Apprentice Handicap"),
    ("Stakes", "Trophy Stakes", "Conditions Stakes", "Cup"),
    ("Standard Open NH Flat Race", "INH Flat Race", "Mares Standard Open NH Flat Race", "Bumper"),
    ("Novices Hurdle", "Maiden Hurdle", "Novices Hurdle (Div II)", "Juvenile Hurdle"),
    (
        "Handicap Hurdle",
        "Novices Handicap Hurdle",
        "Handicap Hurdle",
        "Conditional Handicap Hurdle",
    ),
    ("Hurdle", "Champion Trial Hurdle", "Stayers Hurdle", "Trophy Hurdle"),
    ("Novices Chase", "Beginners Chase", "Novices Chase", "Hunters Chase"),
    ("Handicap Chase", "Novices Handicap Chase", "Handicap Chase", "Veterans Handicap Chase"),
    ("Chase", "Cup Chase", "Champion Trial Chase", "Trophy Chase"),
)


@dataclass(frozen=True)
class Sheet:
    """A world with its results and prices, its names and its race numbers, ready to print."""

    world: World
    results: RaceResults
    prices: BookPrices
    stud: Stud
    ids: NDArray[np.int64]


def kept_rows(sheet: Sheet, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows that are printed: all but a beaten runner here and there, whose row is lost."""
    race = sheet.world.runners["race"]
    lossy = rng.random(len(sheet.world.races["day"])) < _LOST_ROW_SHARE
    loser = lossy[race] & (sheet.results.position > 2)
    _, first = np.unique(race[loser], return_index=True)
    keep = np.ones(len(race), dtype=np.bool_)
    keep[np.flatnonzero(loser)[first]] = False
    return np.flatnonzero(keep)


def race_ids(world: World, rng: np.random.Generator) -> NDArray[np.int64]:
    """The source's number of each race: rising, and now and then that of another course's race."""
    races = world.races
    n = len(races["day"])
    ids = 600_000 + np.cumsum(rng.integers(1, 5, n))
    for i in np.flatnonzero(rng.random(n) < _SHARED_ID_SHARE).tolist():
        other = min(i + 9, n - 1)
        if races["course"][i] != races["course"][other]:
            ids[other] = ids[i]
    return ids


def tables(sheet: Sheet, rng: np.random.Generator) -> Iterator[pa.Table]:
    """The printed rows as tables of text columns, in chunks of bounded size."""
    world = sheet.world
    stud = sheet.stud
    race_texts = _race_texts(sheet, rng)
    rows = kept_rows(sheet, rng)
    horses = {
        name: pa.array(texts) for name, texts in (("horse", stud.horse), ("owner", stud.owner))
    }
    people = {
        "jockey": pa.array(stud.jockey),
        "trainer": pa.array(stud.trainer),
    }
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        race = world.runners["race"][part].astype(np.int64)
        horse = world.runners["horse"][part].astype(np.int64)
        columns: dict[str, pa.Array] = {}
        for name, (texts, code) in race_texts.items():
            columns[name] = look_up(texts, code[race])
        columns["horse"] = look_up(horses["horse"], horse)
        columns["owner"] = look_up(horses["owner"], world.horses.owner[horse] % len(stud.owner))
        for name, texts in people.items():
            columns[name] = look_up(texts, world.runners[name][part])
        columns["sire"] = look_up(stud.sire, stud.sire_of[horse])
        columns["dam"] = look_up(stud.dam, stud.dam_of[horse])
        columns["damsire"] = look_up(stud.damsire, stud.damsire_of[horse])
        columns.update(_runner_columns(sheet, part, race, horse, rng))
        yield pa.table([columns[name] for name in COLUMNS], schema=SCHEMA)


def _race_texts(
    sheet: Sheet, rng: np.random.Generator
) -> dict[str, tuple[pa.Array, NDArray[np.int64]]]:
    """Texts and the code of each race, for the columns that a race's rows share."""
    world = sheet.world
    races = world.races
    n = len(races["day"])
    country = world.courses.country[races["course"]]
    kind, off = races["kind"].astype(np.int64), races["off"].astype(np.int64)
    types = np.where(rng.random(n) < _BLANK_TYPE_SHARE, len(p.TYPES), p.TYPE_OF[kind])
    going = np.where(rng.random(n) < _BLANK_GOING_SHARE, len(GOINGS), races["going"])
    level = np.where(country == GB, races["level"].astype(np.int64).clip(1, 6), 0)
    jumping = p.TYPE_OF[kind] >= 1
    pattern = races["pattern"].astype(np.int64) + np.where(jumping, len(p.PATTERNS_FLAT), 0)
    days = [(FIRST_DAY + timedelta(days=i)).isoformat() for i in range(int(races["day"].max()) + 1)]
    names = [
        f"{s} {'Fillies ' if sex else ''}{k}"
        for s in SPONSORS
        for kinds in _KIND_NAMES
        for k in kinds
        for sex in (0, 1)
    ]
    style = (
        rng.integers(0, len(SPONSORS), n) * p.KINDS * 8
        + kind * 8
        + rng.integers(0, 4, n) * 2
        + (races["sex_band"] > 0)
    )
    band, band_texts = _rating_bands(races["band"].astype(np.int64), country, rng)
    texts: dict[str, tuple[list[str], NDArray[np.int64]]] = {
        "date": (days, races["day"]),
        "course": (world.courses.name, races["course"]),
        "race_id": ([str(i) for i in sheet.ids.tolist()], np.arange(n)),
        "off": ([clock(m) for m in range(24 * 60)], off),
        "race_name": (names, style),
        "type": ([*p.TYPES, ""], types),
        "class": (["", *(f"Class {k}" for k in range(1, 7))], level),
        "pattern": ([*p.PATTERNS_FLAT, *p.PATTERNS_JUMP], pattern),
        "rating_band": (band_texts, band),
        "age_band": (list(p.AGE_BANDS), races["age_band"]),
        "sex_rest": (list(p.SEX_BANDS), races["sex_band"]),
        "dist": ([distance_text(h) for h in range(64)], races["distance"]),
        "going": ([*GOINGS, ""], going),
        "ran": ([str(k) for k in range(64)], races["runners"]),
    }
    return {k: (pa.array(t, pa.string()), c.astype(np.int64)) for k, (t, c) in texts.items()}


def _rating_bands(
    band: NDArray[np.int64], country: NDArray[np.int8], rng: np.random.Generator
) -> tuple[NDArray[np.int64], list[str]]:
    """Rating bands: ``0-75`` in Britain, ``47-65`` for less than half the Irish handicaps."""
    has_band = (country == GB) | ((country == IRE) & (rng.random(len(band)) < 0.4))
    lowest = np.where(country == IRE, (band - 20 + rng.integers(-2, 3, len(band))).clip(0), 0)
    key = np.where((band > 0) & has_band, lowest * 1000 + band, 0)
    values, code = np.unique(key, return_inverse=True)
    return code, [f"{v // 1000}-{v % 1000}" if v else "" for v in values.tolist()]


def _runner_columns(
    sheet: Sheet,
    part: NDArray[np.int64],
    race: NDArray[np.int64],
    horse: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, pa.Array]:
    world, results, prices = sheet.world, sheet.results, sheet.prices
    runners, races = world.runners, world.races
    n = len(part)
    status = results.status[part]
    home = status == FINISHED
    position = np.select(
        [home, status == MISHAP, status == WITHDRAWN],
        [
            results.position[part].astype(np.int64),
            200 + results.mishap[part].astype(np.int64),
            300 + (rng.random(n) < 0.4),
        ],
        302,
    ).astype(np.int64)
    position_texts = {200 + i: m for i, m in enumerate(MISHAPS)}
    position_texts |= {300: "WV", 301: "NR", 302: "VOI"}
    age, female = runners["age"][part].astype(np.int64), runners["female"][part]
    sex = np.select(
        [female & (age <= 4), female, runners["gelded"][part], age <= 4], [0, 1, 2, 3], 4
    )
    hundredths = np.where(home, np.round(results.seconds[part] * 100), 0).astype(np.int64)
    away = np.where(home, np.round(results.beaten[part] * 100), -1).astype(np.int64)
    margin = np.where(home, np.round(results.margin[part] * 100), -1).astype(np.int64)
    step = np.where(prices.step[part] >= 0, prices.step[part] * 4 + prices.mark[part], -1)
    country = world.courses.country[races["course"][race]]
    worn = np.where(rng.random(n) < 0.9, world.horses.headgear[horse], 0)
    has_moves = rng.random(n) < SHOWN_SHARE[country]
    number = np.where(rng.random(n) < 0.004, 0, runners["number"][part]).astype(np.int64)
    columns = {
        "num": tenths(number),
        "draw": tenths(runners["stall"][part].astype(np.int64)),
        "pos": numbers(position, position_texts),
        "ovr_btn": numbers(away, {-1: "-"}, 100.0),
        "btn": numbers(margin, {-1: "-"}, 100.0),
        "age": numbers(age),
        "sex": look_up(list("FMGCH"), sex),
        "wgt": look_up([f"{k // 14}-{k % 14}" for k in range(256)], runners["weight"][part]),
        "hg": look_up(list(HEADGEAR), worn),
        "time": times(hundredths),
        "sp": look_up(["", *(t + m for t in LADDER for m in _MARKS)], step + 1),
        "prize": prizes(results.prize[part], country),
        "or": numbers(runners["rating"][part].astype(np.int64), {0: MISSING}),
        "rpr": ratings(results.rpr[part]),
        "ts": ratings(results.ts[part]),
    }
    part_results = RaceResults(**{k: v[part] for k, v in vars(results).items()})
    part_prices = BookPrices(**{k: v[part] for k, v in vars(prices).items()})
    early, early_texts, late, late_texts = phrases(
        part_results, world.horses.style[horse], races["runners"][race].astype(np.int64), rng
    )
    moves, move_texts = price_moves(part_prices, has_moves)
    silent = status == WITHDRAWN
    columns["comment"] = pc.binary_join_element_wise(
        look_up([*early_texts, ""], np.where(silent, len(early_texts), early)),
        look_up([" - ", ""], silent.astype(np.int64)),
        look_up(late_texts, late),
        look_up(move_texts, moves),
        "",
    )
    return columns

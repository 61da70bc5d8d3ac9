"""``velo synth``: simulates a world and writes its raceform file and its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from velo.disk.whole_file import draft_of
from velo.errors import InputError
from velo.synth.bookmakers import LADDER_DECIMAL, make_market
from velo.synth.formats import named
from velo.synth.formats.writing import check_suffix, write
from velo.synth.pedigrees import Stud
from velo.synth.race_results import finish
from velo.synth.raceform import Sheet, race_ids, tables
from velo.synth.scale import FIRST_DAY, scale_for
from velo.synth.simulation import Simulation
from velo.synth.spelling import clock


@dataclass(frozen=True)
class Summary:
    """What was written, with the figures a punter checks first."""

    runners: int
    races: int
    starters: int
    first_day: date
    last_day: date
    mean_field: float
    overround: float
    favourite_strike_rate: float
    favourite_roi: float
    longshot_roi: float
    files: list[Path]


def truth_path(out: Path) -> Path:
    """Where the true chances of the world at ``out`` are written."""
    return out.with_name(f"{out.stem}.truth.parquet")


def write_world(
    runners: int,
    seed: int,
    edge: float,
    out: Path,
    progress: Callable[[float], None] | None = None,
    interactions: bool = True,
    form: str = "raceform",
) -> Summary:
    """Writes a world of about ``runners`` rows to ``out`` and its truth beside it.

    ``form`` names one of `velo.synth.formats`; the suffix of ``out`` tells CSV, parquet and
    SQLite apart. A card holds the last day alone.

    ``edge`` is the share, 0 to 1, of the families' signals that the market misses; the results
    of a seed are the same for every edge. Without ``interactions`` no signal depends on another,
    which is a world that favours a linear model. Both files appear whole or not at all.

    Raises:
        InputError: too few runners, an edge outside 0 to 1, or a format that there is not.
    """
    written_as = named(form)
    check_suffix(Path(out), written_as)
    if not 0.0 <= edge <= 1.0:
        raise InputError(f"edge is {edge}: it is a share, give --edge between 0 and 1")
    scale = scale_for(runners)
    simulated = Simulation(scale, seed, interactions).run(
        (lambda share: progress(0.6 * share)) if progress is not None else None
    )
    for_results, for_market, for_names, for_text = (
        np.random.default_rng(np.random.SeedSequence([seed, k])) for k in (2, 3, 4, 5)
    )
    results = finish(simulated, for_results)
    sheet = Sheet(
        world=simulated,
        results=results,
        prices=make_market(simulated, edge, results.win, for_market),
        stud=Stud(simulated, for_names),
        ids=race_ids(simulated, for_names),
    )
    written = 0

    def counted() -> Iterator[pa.Table]:
        nonlocal written
        for table in tables(sheet, for_text):
            yield table
            written += table.num_rows
            if progress is not None:
                progress(0.6 + 0.4 * written / len(simulated.runners["race"]))

    out = Path(out)
    truth = truth_path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(out) as part:
        write(part, out.suffix, written_as, counted())
        with draft_of(truth) as truth_part:
            pq.write_table(_truth(sheet), truth_part, compression="zstd")
    return _summary(sheet, written, [out, truth])


def _truth(sheet: Sheet) -> pa.Table:
    """The chance of every starter just before the off, void races left out."""
    world, prices = sheet.world, sheet.prices
    races, runners = world.races, world.runners
    rows = np.flatnonzero(runners["started"] & ~races["void"][runners["race"]])
    race = runners["race"][rows]
    days = np.datetime64(FIRST_DAY) + races["day"][race].astype("timedelta64[D]")
    off = [clock(m) for m in range(24 * 60)]
    return pa.table(
        {
            "date": pa.array(days),
            "course": pa.array(world.courses.name).take(pa.array(races["course"][race])),
            "race_id": pa.array(sheet.ids[race]),
            "off": pa.array(off).take(pa.array(races["off"][race].astype(np.int32))),
            "horse": pa.array(sheet.stud.horse).take(pa.array(runners["horse"][rows])),
            "p_true": pa.array(prices.truth[rows]),
            "p_market_fair": pa.array(prices.fair[rows]),
        }
    )


def _summary(sheet: Sheet, written: int, files: list[Path]) -> Summary:
    world, results, prices = sheet.world, sheet.results, sheet.prices
    on = world.runners["started"] & ~world.races["void"][world.runners["race"]]
    race = world.runners["race"][on]
    odds = LADDER_DECIMAL[prices.step[on]]
    win = results.win[on]
    book = np.bincount(race, 1 / odds)
    held = book > 0
    favourite = prices.mark[on] > 0
    crowd = np.bincount(race, favourite, minlength=len(book))[race]
    long = odds >= 21
    days = world.races["day"]
    return Summary(
        runners=written,
        races=int(held.sum()),
        starters=int(on.sum()),
        first_day=FIRST_DAY + timedelta(days=int(days.min())),
        last_day=FIRST_DAY + timedelta(days=int(days.max())),
        mean_field=float(on.sum() / held.sum()),
        overround=float(book[held].mean()),
        favourite_strike_rate=float((win[favourite] / crowd[favourite]).sum() / held.sum()),
        favourite_roi=float((win * odds)[favourite].mean() - 1),
        longshot_roi=float((win * odds)[long].mean() - 1),
        files=files,
    )

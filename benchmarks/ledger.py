"""The ledger of a long journal: read, settled, figured, and recorded in MLflow day by day.

    python -m benchmarks.ledger --days 365 --races 60

Makes a home of its own in a temporary folder: results of an efficient market through ingest, and a
prediction of every race with 21 features a runner. Prints the seconds of each step, by the
clock and of the processor, and the process's peak memory.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

FIRST = date(2025, 1, 1)
FIELD = 10
FEATURES = 21
COLUMNS = (
    "date",
    "course",
    "race_id",
    "off",
    "race_name",
    "type",
    "dist",
    "going",
    "ran",
    "num",
    "pos",
    "horse",
    "age",
    "sex",
    "sp",
    "jockey",
    "trainer",
    "or",
    "rpr",
    "ts",
)


def main() -> None:
    """Print what each step takes."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--races", type=int, default=60, help="of a day")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VELO_HOME"] = str(Path(folder) / "home")
        measure(Path(folder), chosen.days, chosen.races)


def measure(folder: Path, days: int, races: int) -> None:
    """Make the world, then ask for its ledger."""
    from velo import settings
    from velo.home import Home
    from velo.live.journal import predictions
    from velo.live.ledger_view import view_ledger
    from velo.live.proof import verify_ledger
    from velo.warehouse.ingest import ingest

    home, own = Home.current(), settings.load()
    with timed("results written"):
        results = write_results(folder / "results.csv", days, races)
    with timed("results ingested"):
        ingest(home, own.store, results)
    with timed("journal written"):
        write_journal(home, own)
    print(f"journal: {home.ledger.stat().st_size / 1e6:.0f} MB")
    with timed("whole journal read"):
        made = predictions(home.ledger)
    print(f"{len(made):,} races, {sum(len(each.runners) for each in made):,} runners")
    del made
    for whole in (True, False):
        with timed(f"chain verified, {'whole' if whole else 'what is new'}"):
            proof = verify_ledger(home, whole)
        print(f"{proof.checked:,} of {proof.links:,} predictions verified")
    with timed("journal read and bets settled"):
        book = view_ledger(home, own)
    with timed("figures of every span"):
        book.figures(own)
    record(home, own, book)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


def record(home: Any, own: Any, book: Any) -> None:
    """Runs of the days, made and then found unchanged."""
    from velo.monitoring.daily_runs import record_days

    for what in ("first", "again"):
        with timed(f"runs of the days, {what}"):
            print(record_days(home, own, book))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the seconds of a step, by the clock and of the processor."""
    begun, busy = time.perf_counter(), time.process_time()
    yield
    took, used = time.perf_counter() - begun, time.process_time() - busy
    print(f"{what:<32} {took:7.1f} s {used:7.1f} s", flush=True)


def write_results(path: Path, days: int, races: int) -> Path:
    """Results in the raceform columns; the winner is drawn by the market's own chances."""
    draw = np.random.default_rng(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for day in range(days):
            for number in range(races):
                strength = draw.normal(size=FIELD)
                p = np.exp(strength) / np.exp(strength).sum()
                places = np.argsort(np.argsort(-(strength + draw.gumbel(size=FIELD)))) + 1
                course = f"{word(number // 7)} Park"
                for slot in range(FIELD):
                    writer.writerow(
                        [
                            FIRST + timedelta(day),
                            course,
                            day * races + number + 1,
                            f"{1 + number % 7}:30",
                            "A Stakes",
                            "Flat",
                            "6f",
                            "Good",
                            FIELD,
                            slot + 1,
                            places[slot],
                            f"{word(number * FIELD + slot)} Boy (GB)",
                            5,
                            "G",
                            f"{max(0.85 / p[slot], 1.01):.2f}",
                            word(slot),
                            word(number),
                            "",
                            "",
                            "",
                        ]
                    )
    return path


def word(number: int) -> str:
    """A name for a number."""
    letters = ""
    for _ in range(4):
        number, place = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[place] + "aeiou"[place % 5]
    return letters.capitalize()


def write_journal(home: Any, own: Any) -> None:
    """A prediction of every race, a backed runner in five."""
    from velo.live.journal import PredictedRunner, Prediction, record
    from velo.warehouse.connection import warehouse

    draw = np.random.default_rng(2)
    with warehouse(home, own.store, write=False) as con:
        rows = con.execute(
            "SELECT race_id, races.date, races.course, races.off, horse_id, decimal_odds "
            "FROM races JOIN prices USING (race_id) WHERE kind = 'sp' ORDER BY 2, 1, 5"
        ).fetchall()
    made: list[Any] = []
    for begin in range(0, len(rows), FIELD):
        field = rows[begin : begin + FIELD]
        odds = np.array([float(row[5]) for row in field])
        market = (1 / odds) / (1 / odds).sum()
        p = market * np.exp(draw.normal(scale=0.1, size=len(field)))
        p /= p.sum()
        backed = draw.random(len(field)) < 0.2
        values = draw.normal(size=(len(field), FEATURES))
        race_id, day, course, off = field[0][:4]
        made.append(
            Prediction(
                race_id=race_id,
                made=f"{day}T08:00:00+00:00",
                deadline=f"{day}T12:00:00+00:00",
                backfill=False,
                day=day,
                course=course,
                off=off,
                race_name="A Stakes",
                version="1",
                run_id="r",
                sha256="s",
                source="online",
                build="b",
                price_kind="sp",
                decision="sp",
                settlement="sp",
                strategy="top20",
                runners=tuple(
                    PredictedRunner(
                        horse_id=row[4],
                        horse="A Horse (GB)",
                        number=i + 1,
                        rank=i + 1,
                        odds=float(odds[i]),
                        p_model=float(p[i]),
                        p_market=float(market[i]),
                        p_market_power=float(market[i]),
                        p=float(p[i]),
                        verdict="back" if backed[i] else "pass",
                        stakes={"top20": 1.0, "all": 1.0} if backed[i] else {},
                        unknown=[],
                        moved=[
                            {"feature": f"feature_{k}", "push": 0.1, "value": 0.5} for k in range(3)
                        ],
                        features={f"feature_{k}": float(x) for k, x in enumerate(values[i])},
                    )
                    for i, row in enumerate(field)
                ),
            )
        )
    record(home.ledger, made)


if __name__ == "__main__":
    main()

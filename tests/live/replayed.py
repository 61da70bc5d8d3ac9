"""A synthetic world lived day by day: cards in the morning, results at night."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

from training.run import train
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.home import Home
from velo.live.predict import Asked, Predicted, predict
from velo.live.settling import Settled, settle
from velo.offline.build import build
from velo.racing.finish import finish
from velo.settings import Gate, Ranker, Settings, Store, Training
from velo.store.registration import apply
from velo.synth.world import write_world
from velo.warehouse.ingest import ingest

SETTINGS = Settings(
    training=Training(folds=2, holdout_days=60, history_days=150, bootstrap_draws=200),
    ranker=Ranker(rounds=25, early_stopping=10, threads=2),
    store=Store(memory_limit="2GB", threads=2),
    gate=Gate(training_rows=10_000),
)
PROMOTABLE = SETTINGS.model_copy(
    update={
        "gate": Gate(
            calibration_error=1,
            band_calibration_margin=1,
            ae_ratio=0.01,
            roi_top20=-1,
            alpha_low=-5,
            alpha_high=5,
            null_rate=1,
            dead_share=1,
            training_rows=0,
            holdout_days=1,
            top1_alarm=1,
        )
    }
)
"""With targets that the little world's model meets."""
KNOWN_AFTERWARDS = ("pos", "ovr_btn", "btn", "time", "rpr", "ts", "comment", "prize")

Row = dict[str, str]


@dataclass(frozen=True)
class World:
    """A home trained on what lies before `days`, and each later day's results as rows."""

    home: Home
    folder: Path
    days: dict[date, list[Row]]

    def card(self, day: date, name: str = "card", **changes: Any) -> Path:
        """A day's card: who ran, at which starting price, without what is known afterwards."""
        rows = [card_row(row, self.days[day]) for row in self.days[day] if ran(row)]
        return written(self.folder / f"{name}_{day}.csv", [row | changes for row in rows])

    def results(self, day: date, name: str = "results") -> Path:
        """A day's results as the source writes them."""
        return written(self.folder / f"{name}_{day}.csv", self.days[day])

    def predict(self, day: date, card: Path | None = None, **asked: Any) -> Predicted:
        """Predict a day at 8 in the morning."""
        return predict(
            self.home,
            SETTINGS,
            Asked(card or self.card(day), model="challenger", **asked),
            clock=lambda: datetime.combine(day, time(8), UTC),
        )

    def settle(self, *paths: Path) -> Settled:
        """Load results and settle."""
        return settle(self.home, SETTINGS, [str(each) for each in paths], None, False, print)


def lived(folder: Path, days: int, settings: Settings = SETTINGS, seed: int = 11) -> World:
    """Make a world in the home that is in force, trained on all but its last days."""
    home = Home.current()
    whole = folder / "world.csv"
    write_world(20_000, seed, 0.9, whole)
    with whole.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_day = {
        date.fromisoformat(day): list(of_day) for day, of_day in groupby(rows, lambda r: r["date"])
    }
    later = sorted(by_day)[-days:]
    ingest(
        home,
        SETTINGS.store,
        written(
            folder / "before.csv", [row for day in sorted(by_day)[:-days] for row in by_day[day]]
        ),
    )
    build(home, settings)
    apply()
    train(home, settings)
    return World(home, folder, {day: by_day[day] for day in later})


def copied(world: World, folder: Path) -> World:
    """The world with a home of its own, which may be lived on in without a trace in the other."""
    backup(world.home, SETTINGS.store, folder / "home.tar.gz")
    restore(folder / "home.tar.gz", folder / "home")
    return World(Home(folder / "home"), folder, world.days)


def ran(row: Row) -> bool:
    """Whether the runner came under orders."""
    return finish(row["pos"]).status in ("finished", "non-finisher")


def card_row(row: Row, day: list[Row]) -> Row:
    """What the morning knew of a runner, and the race's prize."""
    won = [each["prize"] for each in day if each["race_id"] == row["race_id"]]
    most = max(won, key=lambda text: float("".join(c for c in text if c in "0123456789.") or 0))
    known = {name: text for name, text in row.items() if name not in KNOWN_AFTERWARDS}
    return known | {"race_prize": most}


def written(path: Path, rows: list[Row]) -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path

"""Hong Kong's last race days, lived one by one: card, prediction, results, ledger.

The home knows the days before them alone; the model is trained on those, with nothing chosen on
the days that are lived.
"""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from training.run import train
from velo.home import Home
from velo.live.journal import Prediction
from velo.live.predict import Asked, Predicted, predict
from velo.live.settling import Settled, settle
from velo.offline.build import build
from velo.settings import Live, Ranker, Settings, Store, Training
from velo.store.registration import apply
from velo.warehouse.ingest import ingest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HONG_KONG = DATA / "hk_2008_2022.parquet"
ZONE = ZoneInfo("Asia/Hong_Kong")
LIVE = Live(timezone="Asia/Hong_Kong")
SMALL = Settings(
    training=Training(folds=2, history_days=150, bootstrap_draws=200),
    ranker=Ranker(rounds=40, early_stopping=10, threads=2),
    store=Store(memory_limit="2GB", threads=2),
    live=LIVE,
)
"""For tests: a model that is fitted in seconds."""

CARD = {
    "date": "date",
    "course": "course",
    "region": "region",
    "off": "''",
    "race_no": "race_no",
    "race_id": "race_id",
    "race_name": "race_name",
    "type": "type",
    "class": "class",
    "rating_band": "rating_band",
    "dist": "dist",
    "surface": "surface",
    "going": "going",
    "ran": "ran",
    "num": "num",
    "draw": "draw",
    "horse": "horse",
    "bred": "bred",
    "horse_id": "horse_id",
    "age": "age",
    "sex": "sex",
    "wgt": "wgt",
    "hg": "hg",
    "jockey": "jockey",
    "trainer": "trainer",
    "owner": "owner",
    "official_rating": "official_rating",
    "race_prize": "prize",
    "sire": "sire",
    "dam": "dam",
    "damsire": "damsire",
    "sp": "sp_dec",
}
"""A card's column -> the file's that is known before the race; the final tote odds are its odds."""
CAME_UNDER_ORDERS = "pos NOT IN ('WV', 'WV-A', 'WX', 'WX-A', 'WXNR', 'NR')"

Row = dict[str, Any]


def race_days(first: date = date.min, last: date = date.max) -> list[date]:
    """The file's race days, in order."""
    rows = duckdb.execute(
        f"SELECT DISTINCT date FROM '{HONG_KONG}' WHERE date BETWEEN ? AND ? ORDER BY date",
        [first, last],
    ).fetchall()
    return [day for (day,) in rows]


@dataclass
class Days:
    """A home that lives race days.

    Attributes:
        home: in force.
        settings: of every step.
        folder: where cards and results are written.
        seconds: stage -> how long it took, by day.
    """

    home: Home
    settings: Settings
    folder: Path
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def rows(self, day: date) -> list[Row]:
        """The card's rows of those who came under orders."""
        columns = ", ".join(f"{column} AS {name}" for name, column in CARD.items())
        relation = duckdb.execute(
            f"SELECT {columns} FROM '{HONG_KONG}' WHERE date = ? AND {CAME_UNDER_ORDERS} "
            "ORDER BY race_no, num",
            [day],
        )
        names = [each[0] for each in relation.description or ()]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    def card(self, day: date, rows: list[Row] | None = None, name: str = "card") -> Path:
        """A day's card as a CSV file."""
        path = self.folder / f"{name}_{day}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(CARD))
            writer.writeheader()
            writer.writerows(self.rows(day) if rows is None else rows)
        return path

    def results(self, day: date, changes: str = "", name: str = "results") -> Path:
        """A day's results as the source writes them; `changes` as SQL's `REPLACE` takes them."""
        path = self.folder / f"{name}_{day}.parquet"
        what = f"* REPLACE ({changes})" if changes else "*"
        duckdb.execute(
            f"COPY (SELECT {what} FROM '{HONG_KONG}' WHERE date = '{day}' ORDER BY race_no, num) "
            f"TO '{path}'"
        )
        return path

    def predict(self, day: date, card: Path | None = None, **asked: Any) -> Predicted:
        """Predict a day at 8 in the morning, where the races are run."""
        path = card or self.card(day)
        with self._timed("predict offline" if asked.get("offline") else "predict"):
            return predict(
                self.home,
                self.settings,
                Asked(path, model="challenger", **asked),
                clock=lambda: morning(day),
            )

    def settle(self, *paths: Path, at: date) -> Settled:
        """Load results and settle, at 11 in the evening of a day."""
        with self._timed("results"):
            return settle(
                self.home,
                self.settings,
                [str(each) for each in paths],
                None,
                False,
                lambda stage: None,
                clock=lambda: morning(at) + timedelta(hours=15),
            )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[stage].append(time.perf_counter() - begun)

    def timed(self, stage: str, does: Callable[[], Any]) -> Any:
        """Do something and keep its seconds."""
        with self._timed(stage):
            return does()


def morning(day: date) -> datetime:
    """8:00 in Hong Kong."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZONE).astimezone(UTC)


def trained(folder: Path, settings: Settings, first: date, since: date = date.min) -> Days:
    """The home in force with a model of the days before `first`, and none after them known.

    Args:
        folder: for files.
        settings: of training, and of the days to come.
        first: of the days to be lived.
        since: the first day that is ingested.
    """
    home = Home.current()
    before = folder / "before.parquet"
    duckdb.execute(
        f"COPY (SELECT * FROM '{HONG_KONG}' WHERE date >= '{since}' AND date < '{first}') "
        f"TO '{before}'"
    )
    ingest(home, settings.store, before, clock=lambda: morning(first - timedelta(days=1)))
    build(home, settings)
    apply()
    train(home, settings)
    return Days(home, settings, folder)


def differences(online: list[Prediction], offline: list[Prediction]) -> list[str]:
    """Where features, chances or stakes of the same races differ at all, in words."""
    if [each.race_id for each in online] != [each.race_id for each in offline]:
        return ["other races"]
    lines = []
    for one, other in zip(online, offline, strict=True):
        for here, there in zip(one.runners, other.runners, strict=True):
            for name in ("features", "p_model", "p", "p_market_power", "stakes", "verdict"):
                mine, theirs = getattr(here, name), getattr(there, name)
                if mine != theirs:
                    lines.append(f"{one.day} {one.race_name} {here.horse}: {name} {mine} {theirs}")
    return lines

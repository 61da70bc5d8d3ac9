"""The ledger's days as MLflow runs: one a day, of the experiment `velo-ledger`, named by the day.

A run bears the figures of its day and of the 7, 30 and 90 days and all days to it. They follow from
the bets and races up to the day, so a digest over those, kept as a tag, says whether a run is still
right: a day that nothing changed before is neither figured nor written again.
"""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from training.record import mlflow_store
from training.record.mlflow_store import NOTE
from training.record.run_log import known
from training.statistics.bootstrap import Resampling
from velo.disk.file_lock import in_turn
from velo.errors import HomeError
from velo.home import Home
from velo.live.chain import Head
from velo.live.figures import ROLLING, Figures, between, figures
from velo.live.ledger import OPEN
from velo.live.ledger_view import LedgerView
from velo.live.proof import HEAD
from velo.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT = "velo-ledger"
ABOUT = (
    "A run a race day: what the predictions of the day came to, and of the 7, 30 and 90 days and "
    "all days to it. `velo ledger` writes them; a corrected result changes those from its day on."
)
KIND = {"mlflow.experimentKind": "custom_model_development", NOTE: ABOUT}
DAY, DIGEST = "velo.day", "velo.digest"
FORMAT = 2
"""Counted up where the same bets would give other figures: every run is written anew."""


@dataclass(frozen=True)
class Recorded:
    """How many days' runs were written, found right, and taken away for want of a result."""

    written: int
    unchanged: int
    removed: int


def record_days(
    home: Home, settings: Settings, book: LedgerView, head: Head | None = None
) -> Recorded:
    """Bring the runs to what the ledger says now.

    Args:
        home: whose MLflow.
        settings: draws and seed of the intervals, commission.
        book: the whole ledger, every day of it.
        head: of the journal's chain as it was just verified; each run that is written bears it,
            and so does one that bears none yet.

    Raises:
        HomeError: MLflow's store cannot be opened, read or written, or was made for another home.
    """
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    wanted = digests(book, settings)
    try:
        return _brought(home, settings, book, wanted, head)
    except (MlflowException, SQLAlchemyError) as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise HomeError(
            f"{home.root / 'mlflow.db'} took not all of the ledger's days: {why}; run "
            "`velo ledger` again, or restore it from a backup"
        ) from None


def _brought(
    home: Home, settings: Settings, book: LedgerView, wanted: Mapping[str, str], head: Head | None
) -> Recorded:
    # Two ledgers at once would each make the day's run.
    with in_turn(home.root / ".ledger-runs.lock"):
        store = mlflow_store.client(home)
        experiment = mlflow_store.experiment_id(store, home, EXPERIMENT, KIND)
        runs = mlflow_store.every_run(store, experiment)
        kept = {run.data.tags.get(DAY, ""): run for run in runs}
        gone = [run for day, run in kept.items() if day not in wanted]
        for run in gone:
            store.delete_run(run.info.run_id)
        changed = [
            day
            for day, digest in wanted.items()
            if day not in kept or kept[day].data.tags.get(DIGEST) != digest
        ]
        for day in changed:
            _write(store, experiment, kept.get(day), _day(book, settings, day, wanted[day], head))
        for day in wanted.keys() - set(changed) if head else ():
            if HEAD not in kept[day].data.tags:
                store.set_tag(kept[day].info.run_id, HEAD, str(head))
    return Recorded(len(changed), len(wanted) - len(changed), len(gone))


def digests(book: LedgerView, settings: Settings) -> dict[str, str]:
    """Every day with a result -> a digest of all that its run's figures follow from."""
    training = settings.training
    terms = (FORMAT, training.bootstrap_draws, training.seed, settings.prices.commission)
    chain = hashlib.sha256(repr(terms).encode())
    rows = {
        kind: _hashed(frame.drop(columns=["stakes"]))
        for kind, frame in (("runners", book.runners), ("bets", book.bets))
    }
    settled_days = set(book.runners.loc[book.runners["state"] != OPEN, "day"])
    by_day = {}
    for day in sorted(set(book.runners["day"])):
        for kind, frame in (("runners", book.runners), ("bets", book.bets)):
            begin, end = (cut(frame["day"].to_numpy(), day) for cut in (bisect_left, bisect_right))
            chain.update(f"{kind} {end - begin}".encode() + rows[kind][begin:end].tobytes())
        if day in settled_days:
            by_day[day.isoformat()] = chain.hexdigest()
    return by_day


@dataclass(frozen=True)
class _Day:
    day: str
    metrics: dict[str, float]
    tags: dict[str, str]


def _day(book: LedgerView, settings: Settings, name: str, digest: str, head: Head | None) -> _Day:
    day = date.fromisoformat(name)
    first = book.runners["day"].iloc[0]
    spans = {
        "day": day,
        **{f"last_{n}": day - timedelta(n - 1) for n in ROLLING},
        "all": first,
    }
    training = settings.training
    metrics: dict[str, float] = {}
    for span, begin in spans.items():
        span_figures = figures(book.runners, book.bets, (span, begin, day), Resampling.of(training))
        metrics |= {f"{span}/{figure}": x for figure, x in _numbers(span_figures).items()}
    runners = between(book.runners, day, day)
    kinds = sorted(set(runners["price_kind"].dropna()))
    tags = {
        DAY: name,
        DIGEST: digest,
        "velo.champion": ", ".join(sorted(set(runners["version"]))),
        "velo.prices": f"taken {', '.join(kinds) or 'none'}; "
        f"settled {', '.join(sorted(set(runners['settlement'])))}",
        "velo.strategy": ", ".join(sorted(set(runners["strategy"]))),
        **({HEAD: str(head)} if head else {}),
    }
    return _Day(name, metrics, tags)


def _numbers(span_figures: Figures) -> Mapping[str, float]:
    return {
        name: float(value)
        for name, value in span_figures.to_dict().items()
        if isinstance(value, int | float)
    }


def _write(store: MlflowClient, experiment: str, run: Run | None, day: _Day) -> None:
    """Make the day's run, or bring it up to date.

    MLflow forgets no figure of a run. Where one is not known any more, a new run takes its place.
    """
    from mlflow.entities import RunTag

    if run is not None and not set(run.data.metrics) <= set(day.metrics):
        store.delete_run(run.info.run_id)
        run = None
    midnight = datetime.combine(date.fromisoformat(day.day), datetime.min.time(), UTC)
    at = round(midnight.timestamp() * 1000)
    if run is None:
        # The digest comes last: a run that a killed process left half written is written again.
        tags = {name: value for name, value in day.tags.items() if name != DIGEST}
        run = store.create_run(experiment, at, tags, day.day)
    run_id = run.info.run_id
    figures_now = known(day.metrics, 0, time.time())
    store.log_batch(run_id, figures_now, tags=[RunTag(*each) for each in day.tags.items()])
    if run.info.status != "FINISHED":
        store.set_terminated(run_id, "FINISHED", at + 86_400_000)


def _hashed(frame: pd.DataFrame) -> Any:
    """A number of each row, uint64[rows], that its cells alone decide.

    The same row may stand in columns of another type once a race without a result is among them.
    """
    plain = frame.copy()
    for name in plain:
        if name in ("race_id", "horse_id"):
            continue
        if plain[name].dtype.kind in "iuf":
            plain[name] = plain[name].astype(np.float64)
        else:
            plain[name] = plain[name].map(lambda cell: "" if pd.isna(cell) else str(cell))
    return pd.util.hash_pandas_object(plain, index=False).to_numpy()

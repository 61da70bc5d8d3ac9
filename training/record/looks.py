"""Who looked at which days before: what widens the interval of the gain over the market.

A look is a set of predictions held against the results of some days. A model's own are one look,
however often they are reported; a walk-forward fits models anew and is a look of its own, and so is
each version of a strategy in Python that bets them. They are
kept as tags of the runs in MLflow and go by the days alone: a home holds one warehouse, and a day
that is imported again or with more races has still been seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from training.record import mlflow_store
from velo.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient

LOOK_FROM = "velo.look.from"
LOOK_TO = "velo.look.to"
"""Tags of a training run: first and last day of its holdout."""
BACKTESTS = "velo.look.backtests"
"""Tag of a run: the days of its model's backtests in one span, and each of its walks."""
OWN = "own"
MOST_WALKS = 150
"""Of one run that are kept, the newest: a tag holds no more."""


@dataclass(frozen=True)
class Look:
    """One set of predictions on one span of days.

    Attributes:
        run_id: of the model, or of the one whose recipe was walked.
        who: `own` for the model's predictions, else what tells one walk, or one version of a
            strategy in Python, from another.
        first, last: days, both included.
    """

    run_id: str
    who: str
    first: date
    last: date

    def shares_a_day(self, first: date, last: date) -> bool:
        """Whether any day of [first, last] was looked at; only nearly the same span still is."""
        return self.first <= last and self.last >= first


def of_walk(run_id: str, first: date, last: date, legs: Sequence[Mapping[str, Any]]) -> Look:
    """The look of a walk-forward: models that predict the same are the same look."""
    made = json.dumps(list(legs), sort_keys=True, default=str)
    return Look(run_id, hashlib.sha256(made.encode()).hexdigest()[:12], first, last)


def of_strategy(run_id: str, first: date, last: date, named: str, sha256: str) -> Look:
    """The look of a strategy in Python: a change of its file makes it another.

    Args:
        run_id: of the model whose predictions it bets.
        first, last: days, both included.
        named: `module:Class`.
        sha256: of the file.
    """
    code = hashlib.sha256(f"{named}:{sha256}".encode()).hexdigest()[:12]
    return Look(run_id, f"python:{code}", first, last)


def earlier_looks(home: Home, first: date, last: date, *but: Look) -> int:
    """Looks at any day of [first, last], those of failed and deleted runs included.

    Args:
        home: its MLflow store.
        first, last: days, both included.
        but: the looks that ask, which are no earlier ones.
    """
    own = {(look.run_id, look.who) for look in but}
    seen = {(look.run_id, look.who) for look in _looks(home) if look.shares_a_day(first, last)}
    return len(seen - own)


def declare(home: Home, look: Look) -> None:
    """Tag the run with a backtest's look, before its first figure is made.

    A model's own backtests become one span: the days between two of them count as seen.
    """
    store = mlflow_store.client(home)
    tags = store.get_run(look.run_id).data.tags
    backtests = list(_backtests(look.run_id, tags))
    same = [each for each in backtests if each.who == look.who]
    if look.who == OWN:
        same.extend(_holdout(look.run_id, tags))
    if any(each.first <= look.first and look.last <= each.last for each in same):
        return
    spans = [each for each in same if each.who == look.who] + [look]
    whole = Look(
        look.run_id, look.who, min(each.first for each in spans), max(each.last for each in spans)
    )
    kept = [each for each in backtests if each.who != look.who]
    lines = [f"{each.who} {each.first} {each.last}" for each in (*kept, whole)][-MOST_WALKS:]
    store.set_tag(look.run_id, BACKTESTS, "\n".join(lines))


def _looks(home: Home) -> Iterator[Look]:
    store = mlflow_store.client(home)
    experiment = mlflow_store.experiment_id(store, home)
    for run_id, tags in _tagged(store, experiment, LOOK_FROM):
        yield from _holdout(run_id, tags)
    for run_id, tags in _tagged(store, experiment, BACKTESTS):
        yield from _backtests(run_id, tags)


def _tagged(
    store: MlflowClient, experiment: str, tag: str
) -> Iterable[tuple[str, Mapping[str, str]]]:
    runs = mlflow_store.every_run(store, experiment, f"tags.`{tag}` LIKE '%'", deleted=True)
    return ((run.info.run_id, run.data.tags) for run in runs)


def _holdout(run_id: str, tags: Mapping[str, str]) -> Iterator[Look]:
    if LOOK_FROM in tags and LOOK_TO in tags:
        first, last = (date.fromisoformat(tags[end]) for end in (LOOK_FROM, LOOK_TO))
        yield Look(run_id, OWN, first, last)


def _backtests(run_id: str, tags: Mapping[str, str]) -> Iterator[Look]:
    for line in tags.get(BACKTESTS, "").splitlines():
        who, first, last = line.split()
        yield Look(run_id, who, date.fromisoformat(first), date.fromisoformat(last))

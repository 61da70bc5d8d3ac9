"""The last days of the journal: what the champion saw, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from velo.errors import NothingIngested
from velo.home import Home
from velo.live import ledger
from velo.live.journal import Prediction, last_day, predictions
from velo.live.ledger_view import judge, outcomes_of_nobody
from velo.live.outcomes import outcomes
from velo.settings import Settings


@dataclass(frozen=True)
class Window:
    """Some days of one version's predictions, those made before their off.

    Attributes:
        first, last: days, both included.
        seen: `day` and the features that the model saw, one row a runner.
        runners: the same as `velo.live.ledger` settles them.
        races: predicted by the version.
        others: races of the days that the version did not predict in time.
        indicative: races of it at another kind of odds than it was judged on.
    """

    first: date
    last: date
    seen: pd.DataFrame
    runners: pd.DataFrame
    races: int
    others: int
    indicative: int


def window(home: Home, settings: Settings, version: str) -> Window | None:
    """The last days of the journal; None where nothing was predicted yet.

    Raises:
        HomeError: journal or warehouse cannot be read.
    """
    last = last_day(home.ledger)
    if last is None:
        return None
    first = last - timedelta(settings.drift.days - 1)
    made, _ = judge(home, settings, predictions(home.ledger, (first, last)))
    own = ledger.counting(made, version=version)
    races = {each.race_id for each in own}
    try:
        results = outcomes(home, settings, races) if races else outcomes_of_nobody()
    except NothingIngested:
        results = outcomes_of_nobody()
    return Window(
        first,
        last,
        features(own),
        ledger.runners(own, results),
        len(races),
        len({each.race_id for each in made} - races),
        sum(each.price_kind is not None and each.indicative for each in own),
    )


def features(predictions: Collection[Prediction]) -> pd.DataFrame:
    """What a model saw of each runner: `day`, and a column a feature, None where missing."""
    rows = [{"day": race.day, **runner.features} for race in predictions for runner in race.runners]
    return pd.DataFrame(rows) if rows else pd.DataFrame({"day": []})

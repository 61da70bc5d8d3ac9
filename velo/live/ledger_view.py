"""The ledger of a home: its journal and its warehouse, read and set side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import pandas as pd

from backtest.strategies import STRATEGIES
from training.statistics.bootstrap import Resampling
from velo.errors import DataError, NothingIngested
from velo.home import Home
from velo.live import ledger
from velo.live.aliases import aliases, resolve
from velo.live.card_file import CURRENT
from velo.live.fairness import Changed, mark_unfair
from velo.live.figures import Figures, figures, spans
from velo.live.journal import Prediction, bare_predictions
from velo.live.offs import race_offs
from velo.live.outcomes import outcomes
from velo.settings import PriceKind, Settings


@dataclass(frozen=True)
class LedgerView:
    """A ledger.

    Attributes:
        runners: every predicted runner and what became of it.
        bets: those that were backed, settled.
        backfilled: races whose only predictions were made after the off, and so left out.
        changed: predictions that an import of results made fair, or unfair.
        backfill: whether predictions that were made after the off count.
    """

    runners: pd.DataFrame
    bets: pd.DataFrame
    backfilled: int
    changed: tuple[Changed, ...] = ()
    backfill: bool = False

    @property
    def late(self) -> int:
        """How many of its races were predicted only after their off, and count all the same."""
        late = self.runners["backfill"].to_numpy(dtype=bool)
        return int(self.runners.loc[late, "race_id"].nunique())

    @property
    def warning(self) -> str | None:
        """What is to be said before anything else of a ledger that counts backfill."""
        if not self.backfill:
            return None
        races = self.runners["race_id"].nunique()
        return (
            f"backfill: {self.late:,} of {races:,} races were predicted after their off; nobody "
            "could have made these bets"
        )

    def prices(self) -> list[dict[str, Any]]:
        """At which kinds of price the bets were taken and are settled, most bets first.

        Returns:
            `taken` (a kind, `current` where nobody named one), `decision` (the kind that the model
            was judged on), `settlement`, `bets`.
        """
        kinds = self.bets[["price_kind", "decision", "settlement"]]
        counted: dict[Any, int] = kinds.value_counts().to_dict()
        return [
            {"taken": taken, "decision": decision, "settlement": settlement, "bets": int(count)}
            for (taken, decision, settlement), count in counted.items()
        ]

    def price_lines(self) -> list[str]:
        """The same in words, and how many bets have no closing value."""
        lines = [f"{_bets(each['bets'])} {_in_words(each)}" for each in self.prices()]
        settled = self.bets[(self.bets["outcome"] == ledger.RAN).to_numpy(dtype=bool)]
        at_close = int(settled["at_close"].sum())
        unknown = int(settled["closing_value"].isna().sum()) - at_close
        if at_close:
            lines.append(f"no closing value: {_bets(at_close)} at the closing price itself")
        if unknown:
            lines.append(
                f"no closing value: {_bets(unknown)} whose race has no whole book of BSP or SP, "
                "or a deduction that is not known"
            )
        return lines

    def to_dict(self, spans: Sequence[Figures]) -> dict[str, Any]:
        """Plain JSON of it and of its figures; that it counts backfill comes first."""
        return {
            "backfill": self.backfill,
            "backfilled_races": self.late,
            "spans": [each.to_dict() for each in spans],
            "bets": ledger.counts(self.bets),
            "prices": self.prices(),
            "backfilled_left_out": self.backfilled,
            "changed": [each.to_dict() for each in self.changed],
        }

    def figures(self, settings: Settings) -> list[Figures]:
        """Of every day, the last 7, 30 and 90 days, and all."""
        training = settings.training
        return [
            figures(self.runners, self.bets, span, Resampling.of(training))
            for span in spans(self.runners)
        ]


def view_ledger(
    home: Home,
    settings: Settings,
    *,
    days: tuple[date, date] | None = None,
    backfilled: bool = False,
    version: str | None = None,
    strategy: str | None = None,
    settled_at: str | None = None,
) -> LedgerView:
    """The ledger as predictions and results give it now.

    Args:
        home: its journal and warehouse.
        settings: commission by kind of price.
        days: the first and last race day, all by default.
        backfilled: whether predictions that were made after the off count.
        version: of the model, where one alone is asked for.
        strategy: whose bets, by default those that were printed.
        settled_at: `sp` or `bsp`, by default what each model was judged on.

    Raises:
        DataError: there is no such prediction, or nobody knows the strategy.
        HomeError: journal or warehouse cannot be read.
    """
    made, changed = judge(home, settings, bare_predictions(home.ledger, days))
    counted = ledger.counting(made, backfilled, version)
    left = {each.race_id for each in made} - {each.race_id for each in counted}
    if not counted:
        raise DataError(_nothing(made, version))
    if strategy is not None:
        _require_known(strategy, counted, settings)
    try:
        results = outcomes(home, settings, {each.race_id for each in counted})
    except NothingIngested:
        results = outcomes_of_nobody()
    runners = ledger.runners(counted, results)
    prices = settings.prices
    commission = {kind: prices.commission_of(kind) for kind in get_args(PriceKind)}
    bets = ledger.bets(runners, commission, strategy, settled_at, prices.exchange)
    return LedgerView(
        runners, bets, len(left) if version is None else 0, tuple(changed), backfilled
    )


def judge(
    home: Home, settings: Settings, made: Sequence[Prediction]
) -> tuple[list[Prediction], list[Changed]]:
    """Predictions under the ids of now, those that are not fair marked as backfill.

    Args:
        home: its warehouse says what is one race and when it was off.
        settings: DuckDB's bounds.
        made: all that there are of some days.

    Raises:
        HomeError: the warehouse is in use.
    """
    resolved = resolve(made, aliases(home, settings))
    return mark_unfair(resolved, race_offs(home, settings, {each.race_id for each in resolved}))


def _require_known(strategy: str, counted: list[Prediction], settings: Settings) -> None:
    """See that a strategy is one that could have bet: else none of its bets would say nothing."""
    betting = {name for each in counted for runner in each.runners for name in runner.stakes}
    known = {*STRATEGIES, *settings.strategies, *(each.strategy for each in counted), *betting}
    if strategy not in known:
        raise DataError(
            f"there is no strategy {strategy!r}: choose one of {', '.join(sorted(known))}, or "
            "declare it in velo.toml"
        )


def outcomes_of_nobody() -> pd.DataFrame:
    """Outcomes where there is no warehouse."""
    names = (
        "race_id",
        "horse_id",
        "status",
        "finish",
        "win_share",
        "ran",
        "handicap",
        "doubt",
        "flag",
        "sp",
        "bsp",
    )
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})


def _bets(count: int) -> str:
    return f"{count:,} bet{'' if count == 1 else 's'}"


def _in_words(each: Mapping[str, Any]) -> str:
    taken = "odds of no named kind" if each["taken"] == CURRENT else f"{each['taken']} prices"
    judged = "" if each["taken"] == each["decision"] else f" (judged on {each['decision']})"
    return f"taken at {taken}{judged}, settled at {each['settlement']}"


def _nothing(made: list[Any], version: str | None) -> str:
    if not made:
        return "there are no predictions for those days: run `velo predict CARD` before the off"
    if version is not None:
        others = ", ".join(sorted({each.version for each in made}))
        return (
            f"version {version} predicted none of them before the off; these versions did: {others}"
        )
    return "every prediction was made after the off: --backfill counts them all the same"

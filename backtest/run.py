"""A stored model bet over a period: scored, settled, set out and written to the reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from backtest import python_strategy
from backtest.cutoffs import Learned
from backtest.periods import period, walked_period
from backtest.report import BacktestTerms, Origin, write
from backtest.report import backtest as bet
from backtest.report_schema import Returned, Withdrawals
from backtest.walk_forward import recipe_of, walk
from training.data.conditions import conditioned, conditions
from training.data.dataset import feature_store
from training.data.returned import returned
from training.data.service_features import declared
from training.record import looks, strategy_code
from training.scoring import score_period, stored_model
from training.statistics.bootstrap import Resampling
from velo.home import Home
from velo.offline.discovery import overlap
from velo.offline.spine import Spine
from velo.racing.withdrawals import law_of
from velo.result import Result
from velo.settings import Settings


@dataclass(frozen=True, repr=False)
class BacktestReport(Result):
    """A backtest.

    Attributes:
        report: as `backtest.report_schema` has it.
        path: of the file that holds it.
    """

    report: dict[str, Any]
    path: Path

    @property
    def summary(self) -> str:
        """The model, the days and how many races."""
        days = self.report["period"]
        return (
            f"version {self.report['version']}, {days['from']} to {days['to']}: "
            f"{self.report['races']:,} races"
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row a strategy, price bucket and baseline, with its figures that are numbers."""
        return [
            {"strategy": name} | {key: value for key, value in each.items() if _is_plain(value)}
            for name, each in named_figures(self.report).items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """The report, and where it lies."""
        return {**self.report, "path": str(self.path)}


def named_figures(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The figures of each strategy, of `top20` by price, and of each baseline, by name."""
    return {
        **report["strategies"],
        **{f"top20 in {name}": figures for name, figures in report["price_buckets"].items()},
        **{f"baseline {name}": figures for name, figures in report["baseline"].items()},
    }


def run(
    home: Home,
    settings: Settings,
    model: str,
    first: date | None = None,
    last: date | None = None,
    progress: Callable[[str], None] = lambda stage: None,
    walk_forward: bool = False,
    every: int | None = None,
) -> BacktestReport:
    """Score the period, bet it and write the report.

    Args:
        home: its registry, current build and reports.
        settings: commission, declared strategies, bank and draws.
        model: alias, version, label or run id.
        first, last: race days, both included; by default the 90 days after the training.
        progress: called with the name of each stage.
        walk_forward: retrain the model's recipe as the days go by.
        every: months between two fits of the walk; the settings' own by default.

    Raises:
        ModelError: there is no such model, or it is not what was registered.
        InputError, DataError: the days cannot be bet.
        HomeError: the home is not ready.
    """
    progress("loading the model")
    stored = stored_model(home, model)
    card, spine = stored.card, Spine(home)
    run_id, alpha_share, legs = stored.registered.run_id, stored.model.blend.alpha_share, None
    if walk_forward:
        days = walked_period(stored.train_end, spine.last_day, first, last)
        months = every or settings.backtest.retrain_months
        walked = walk(home, recipe_of(stored, settings), days, months, progress)
        scored, learned, legs = walked.scored, walked.learned, walked.legs
        alpha_share = legs[-1].alpha_share
        look = looks.of_walk(
            run_id, days.first, days.last, [leg.model_dump(mode="json") for leg in legs]
        )
    else:
        days = period(stored.train_end, spine.last_day, first, last)
        progress("retrieving features")
        scored = score_period(home, stored, days.first, days.last)
        learned = (Learned.stored(card, days.first),)
        look = looks.Look(run_id, looks.OWN, days.first, days.last)
    codes = python_strategy.codes(settings.strategies, settings.project).values()
    own = [
        look,
        *(
            looks.of_strategy(run_id, days.first, days.last, code.named, code.sha256)
            for code in codes
        ),
    ]
    earlier = looks.earlier_looks(home, days.first, days.last, *own)
    for each in own:
        looks.declare(home, each)
    for code in codes:
        strategy_code.keep(home, run_id, code.named, code.source)
    progress("settling bets")
    prices, band = card.prices, card.odds_band
    law = law_of(prices.settlement, settings.prices.exchange)
    known = conditions(spine, days.first, days.last, prices.settlement, law)
    discovered = declared(feature_store(home), card.service).discovered
    chosen_on = overlap(spine, discovered, "backtest", days.first, days.last)
    terms = BacktestTerms(
        decision=prices.decision,
        settlement=prices.settlement,
        commission=settings.prices.commission_of(prices.settlement),
        band=band,
        learned=learned,
        resampling=Resampling.of(settings.training),
        declared=settings.strategies,
        project=settings.project,
        betting=settings.backtest,
        earlier_looks=earlier,
        chosen_on=None if chosen_on is None else chosen_on.words,
    )
    report = bet(
        conditioned(scored.predictions, known),
        terms,
        days,
        Origin(stored.name, run_id, alpha_share, legs),
        Withdrawals(horses=known.withdrawn, law=law, unsettleable_races=known.unpriced_withdrawals),
        Returned(**vars(returned(spine, days.first, days.last, prices.decision, band))),
        scored.excluded,
    )
    return BacktestReport(report, Path(write(report, home)))


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, int | float | str)

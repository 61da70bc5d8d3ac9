"""Walk-forward: the recipe is fitted anew every few months and bets until the next time.

Each model sees only days before those that it bets, its priors, blend and cut-offs included, so
the walk is what would have been bet by whoever retrained on those mornings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from pydantic import ValidationError

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report_schema import Leg, Span
from training.data.dataset import assemble
from training.data.excluded import MARKET_FLAGS
from training.judging.metrics import Predictions
from training.model.beside import LineBeside
from training.scoring import Scored, Stored, left_out
from training.statistics import likelihood
from training.walk.recipe import FittedModel, Recipe
from training.walk.stage_timer import StageTimer
from velo.errors import DataError, ModelError
from velo.home import Home
from velo.settings import Settings


@dataclass(frozen=True)
class Walk:
    """What the models predicted, each on its own days.

    Attributes:
        scored: predictions of the whole period, and the races left out.
        learned: each model's cut-offs.
        legs: each model and its days, for the report.
    """

    scored: Scored
    learned: tuple[Learned, ...]
    legs: tuple[Leg, ...]


def spans(period: Period, months: int) -> Iterator[Period]:
    """The period in pieces of so many calendar months; the last may be shorter."""
    first = period.first
    number = 0
    while first <= period.last:
        number += months
        following = _months_on(period.first, number)
        yield Period(first, min(following - timedelta(days=1), period.last))
        first = following


def recipe_of(stored: Stored, settings: Settings) -> Settings:
    """The settings in force with what a stored model was made with.

    Raises:
        ModelError: it was made with what is refused now.
    """
    card, model = stored.card, stored.model
    scorer, scale = model.fundamental.scorer, model.blend.scale
    fitted_to: dict[str, dict[str, Any]] = {"ranker": {"objective": scorer.objective}}
    if isinstance(scorer, LineBeside) and scale is not None:
        parameters = {"shrinkage": scorer.shrinkage, "price_exponent": scale.exponent}
        fitted_to = {"beside": parameters}
    changes: dict[str, dict[str, Any]] = {
        "training": {
            "blend": model.blend.mode,
            "service": card.service,
            "seed": card.seed,
            "select": 0 if card.chosen is None else card.chosen.count,
        },
        **fitted_to,
        "prices": {
            **({} if card.clock is None else {"clock": card.clock}),
            "decision": card.prices.decision,
            "settlement": card.prices.settlement,
            "devig": model.devig,
        },
        "odds_band": card.odds_band.model_dump(),
        "layoff": card.layoff.model_dump(),
        "windows": card.windows.model_dump(),
    }
    sections = {}
    for name, given in changes.items():
        section = getattr(settings, name)
        try:
            sections[name] = type(section)(**{**section.model_dump(), **given})
        except ValidationError as error:
            why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            raise ModelError(
                f"version {stored.version} cannot be fitted again: {why}; train again"
            ) from None
    return settings.model_copy(update=sections)


def walk(
    home: Home,
    settings: Settings,
    period: Period,
    months: int,
    progress: Callable[[str], None] = lambda stage: None,
) -> Walk:
    """Fit and predict span after span; one without a race to bet needs no model.

    Args:
        home: its current build is read.
        settings: the recipe.
        period: the days that are bet.
        months: between two fits.
        progress: called with the name of each stage.

    Raises:
        DataError: the days before the period cannot carry the recipe.
    """
    frames, learned, legs = [], [], []
    excluded: Counter[str] = Counter()
    for span in spans(period, months):
        progress(f"retraining for {span.first} to {span.last}")
        days = (span.last - span.first).days + 1
        train_end = span.first - timedelta(days=settings.training.embargo_days)
        try:
            data = assemble(home, settings, train_end, days)
            own = data.between(span.first, span.last)
            priced = with_a_price(own)
            reasons = left_out(home, span.first, span.last, settings.prices.decision)
            flagged = sum(reasons.get(flag, 0) for flag in MARKET_FLAGS)
            bare = own["race_id"].nunique() - priced["race_id"].nunique()
            excluded.update({**reasons, "unpriced": bare - flagged})
            if not priced["priced"].any():
                continue
            fitted = Recipe.of(data, settings).fit(data, StageTimer(progress))
        except DataError as error:
            raise DataError(f"the model for {span.first} to {span.last}: {error}") from None
        predicted = fitted.model.predict(priced)
        frames.append(predicted)
        learned.append(Learned.of(fitted.cutoffs, span.first))
        legs.append(_leg(span, train_end, fitted, predicted))
    if not legs:
        raise DataError(f"no race from {period.first} to {period.last} has a complete book")
    whole = pd.concat(frames, ignore_index=True)
    return Walk(Scored(whole, dict(+excluded)), tuple(learned), tuple(legs))


def with_a_price(frame: pd.DataFrame) -> pd.DataFrame:
    """The races that have a decision price, whole: a book that lacks one is not cut to the rest."""
    known = frame["decision_odds"].notna().groupby(frame["race_id"]).transform("any")
    return frame[known.to_numpy(dtype=bool)]


def _leg(span: Period, train_end: date, fitted: FittedModel, predicted: pd.DataFrame) -> Leg:
    given = Predictions.of(predicted)
    gain = likelihood.log_loss_race(given.p_market_power, given.win_share, given.races)
    gain -= likelihood.log_loss_race(given.p, given.win_share, given.races)
    return Leg(
        period=Span(**{"from": span.first, "to": span.last}),
        train_end=train_end,
        cutoffs=fitted.cutoffs.to_dict(),
        alpha_share=fitted.model.blend.alpha_share,
        races=len(given.races),
        delta_ll=gain,
    )


def _months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()

"""A card's runners scored by a stored model: probabilities, what moved them, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from backtest.cutoffs import Learned
from backtest.runners import Runners
from backtest.stakes import stake_shares
from backtest.strategies import selections
from training.data.feature_retrieval import MARKS
from training.judging.metrics import Predictions
from training.model.explanation import MOST, explained
from training.scoring import Stored
from training.statistics.bootstrap import Days
from training.statistics.races import Races
from velo.errors import ModelError, SettingsError
from velo.settings import Settings

BACK, PASS, NO_MARKET = "back", "pass", "no market"


def score(stored: Stored, entries: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Probabilities of whole races, and the three features that moved each runner most.

    Args:
        stored: the model.
        entries: `training.data.dataset.MARKS` and `decision_odds` (NaN where there are none), a
            race's rows together.
        features: of the same rows.

    Returns:
        The entries' columns, `p_model`, `p_market`, `p_market_power`, `p` (NaN without a whole
        book), `rank` within the race by the blended probability, else by the model's, and
        `feature_1`, `push_1`, `value_1` to `_3`.

    Raises:
        ModelError: a chance is none, so that nothing of the race may be kept.
    """
    model = stored.model
    wanted = list(model.fundamental.features)
    # Column by column: joining the two frames takes longer than the trees do.
    whole = pd.DataFrame(
        {name: entries[name].array for name in (*MARKS, "decision_odds")}
        | {name: features[name].array for name in wanted},
        copy=False,
    )
    scored = explained(model, whole, model.predict(whole))
    races = Races.of(scored["race_id"].to_numpy())
    blended, alone = (scored[name].to_numpy(dtype=np.float64) for name in ("p", "p_model"))
    best = np.where(np.isnan(blended), alone, blended)
    wrong = np.flatnonzero(~((alone > 0) & (alone <= 1) & (best > 0) & (best <= 1)))
    if len(wrong):
        raise ModelError(
            f"version {stored.version} gives {scored['horse'].iloc[wrong[0]]} a chance of "
            f"{best[wrong[0]]:g}, and {alone[wrong[0]]:g} without the market; train again"
        )
    order = np.lexsort((scored["horse_id"].to_numpy(), -best, races.index))
    rank = np.empty(races.n, dtype=np.int64)
    rank[order] = np.arange(races.n) - races.offsets[races.index[order]] + 1
    scored["rank"] = rank
    return scored


def stakes_by_strategy(
    stored: Stored, scored: pd.DataFrame, facts: pd.DataFrame, settings: Settings
) -> list[dict[str, float]]:
    """Who is backed by which strategy at which stake, by the backtest's own rules.

    Args:
        stored: brings the odds band and the cut-offs that it learned.
        scored: rows of races with a whole book, races together.
        facts: `course`, `race_type` and `class_level` of the same rows.
        settings: declared strategies, the bank, and which strategy is followed.

    Returns:
        Of each row the strategies that back it and their points. Each-way strategies are left out:
        whom a place pays is for a backtest.

    Raises:
        SettingsError: the strategy that is to be followed is not declared.
        ModelError: a declared strategy needs a cut-off that the model did not learn.
    """
    runners = _runners(scored, facts)
    learned = (Learned.stored(stored.card, stored.train_end),)
    chosen = selections(
        runners, stored.card.odds_band, learned, settings.strategies, settings.project
    )
    chosen = {name: each for name, each in chosen.items() if not each.each_way}
    if settings.live.strategy not in chosen:
        raise SettingsError(
            f"live.strategy is {settings.live.strategy!r}, which is not one of {', '.join(chosen)}"
            "; each-way strategies are for backtests only"
        )
    bank = settings.backtest.bank
    points = {
        name: bank * stake_shares(each.chosen, runners, each.stake, bank)
        for name, each in chosen.items()
    }
    return [
        {name: float(stake[row]) for name, stake in points.items() if stake[row] > 0}
        for row in range(len(scored))
    ]


def moved(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The features that moved a runner most: name, push in nats, value or None."""
    return [
        {
            "feature": str(row[f"feature_{place}"]),
            "push": float(row[f"push_{place}"]),
            "value": None if pd.isna(row[f"value_{place}"]) else float(row[f"value_{place}"]),
        }
        for place in range(1, MOST + 1)
    ]


def _runners(scored: pd.DataFrame, facts: pd.DataFrame) -> Runners:
    """As a backtest has them, before there is a result: nobody has won."""
    race_id, dates = scored["race_id"].to_numpy(), scored["date"].to_numpy()
    races, nothing = Races.of(race_id), np.full(len(scored), np.nan)
    odds, p, market, power = (
        scored[name].to_numpy(dtype=np.float64)
        for name in ("decision_odds", "p", "p_market", "p_market_power")
    )
    given = Predictions(
        race_id, dates, races, np.zeros(len(scored)), odds, nothing, p, market, power, 0
    )
    days, index = np.unique(dates, return_inverse=True)
    return Runners(
        given,
        facts[["course", "race_type", "class_level"]].reset_index(drop=True),
        np.zeros(len(scored), dtype=np.bool_),
        nothing,
        days,
        Days(index.astype(np.int64).reshape(-1), len(days)),
    )

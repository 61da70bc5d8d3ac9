"""A little judged run, made by the parts that judge a big one, but kept in memory."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tests.training.reports import training_report
from tests.training.simulated_races import simulate
from training.blending.blend import benter, power_market
from training.blending.calibration import Uncalibrated
from training.data.folds import plan
from training.data.inputs import Inputs
from training.data.nulls import NullCount
from training.judging import diagnosis, metrics, selection
from training.judging.diagnosis import Contribution
from training.judging.gate import judge
from training.judging.metrics import Predictions
from training.model import scorer, temperature
from training.model.explanation import explained
from training.model.model import Fundamental, Model
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.sample import Sample
from velo import settings
from velo.report.run_sources import Sources

FEATURES = ("form_ewma", "class_drop", "draw_iv", "layoff_days")
SPITEFUL = '<script>alert("horse")</script> & Sons\''
RACES = 700


@cache
def little_run(seed: int = 1, version: str = "1") -> Sources:
    """700 races of which the last 300 judge; a market that misses a feature."""
    made = simulate(RACES, [0.8, 0.5, 0.3, 0.0], seed, races_a_day=4)
    races = made.races
    fair = races.softmax(made.features @ np.array([0.8, 0.1, 0.3, 0.0]))
    odds = 1.0 / (fair * 1.15)
    frame = pd.DataFrame(made.features, columns=list(FEATURES)).assign(
        race_id=races.index,
        horse_id=np.arange(races.n),
        date=races.broadcast(made.race_dates).astype("datetime64[us]"),
        course=np.where(races.index % 3 == 0, "Ascot <b>", "Kempton (AW)"),
        horse=[f"Horse {number}" for number in range(races.n)],
        win_share=made.win_share,
        decision_odds=odds,
        settlement_odds=odds,
    )
    frame["horse"] = np.where(frame["horse_id"] % 2 == 0, SPITEFUL, frame["horse"])
    frame.loc[frame["horse_id"] % 11 == 0, "layoff_days"] = np.nan
    early = races.index < 400
    train, held = frame[early], frame[~early]
    model = _fitted(train, seed)
    return _judged(model, held, train, seed, version)


def _fitted(train: pd.DataFrame, seed: int) -> Model:
    races = diagnosis.Races.of(train["race_id"].to_numpy())
    won = train["win_share"].to_numpy()
    sample = Sample(train[list(FEATURES)].to_numpy(dtype=np.float32), won, races)
    params = settings.Ranker(rounds=30, threads=1, min_data_in_leaf=20)
    inputs = Inputs(FEATURES)
    fitted = scorer.fit("conditional_logit", sample, inputs, params, seed, rounds=30)
    scores = fitted.scores(sample.features)
    fitted_temperature = temperature.fit(scores, won, races)
    fair = 1.0 / train["decision_odds"].to_numpy()
    fair = fair / races.broadcast(races.sum(fair))
    column = temperature.log_probabilities(scores, fitted_temperature, races)
    return Model(
        Fundamental(inputs, fitted, fitted_temperature, starts_from_market=False),
        "proportional",
        benter(column, fair, won, races),
        power_market(fair, won, races),
        Uncalibrated(),
        Uncalibrated(),
    )


def _judged(
    model: Model, held: pd.DataFrame, train: pd.DataFrame, seed: int, version: str
) -> Sources:
    predictions = explained(model, held, model.predict(held))
    given, band = Predictions.of(predictions), settings.OddsBand()
    inside = selection.in_band(given.decision_odds, band)
    cutoffs = selection.cutoffs(selection.expected_value(given.p, given.decision_odds)[inside])
    figures: dict[str, Any] = metrics.measure(given, cutoffs, band, 0.0, Resampling(200, seed))
    figures |= {
        "r2_model": 0.1,
        "training_rows": len(train),
        "holdout_days": 75,
        "alpha_share": model.blend.alpha_share,
        "alpha_share_low": 0.2,
        "alpha_share_high": 0.6,
    }
    counts = {name: NullCount(len(held), 0, 3, 1, False) for name in FEATURES}
    families = {"form": FEATURES[:1], "class_layoff": FEATURES[1:]}
    days = plan(
        date(2018, 1, 1), date(2018, 6, 24), settings.Training(history_days=0, folds=2), None, 75
    )
    chosen = settings.Settings().model_dump(mode="json", exclude={"home"})
    chosen["training"]["bootstrap_draws"] = 200
    report = training_report(
        run_id=version * 32,
        data={
            "build": "b1",
            "starts": "9",
            "corrections": "always so",
            "first_day": date(2018, 1, 1),
            "last_day": date(2018, 6, 24),
            "rows": len(held) + len(train),
            "races": RACES,
            "excluded": {"no winner": 2, "a starter without sp": 80},
            "families": families,
            "priors": {},
        },
        plan=days.to_dict(),
        settings=chosen,
        prices={"decision": "sp", "settlement": "sp", "devig": "shin", "commission": 0.0},
        nulls={name: count.to_dict() for name, count in counts.items()},
        folds=[{"fold": 1, "races": 80.0, "r2_model": 0.1, "r2_linear": 0.11, "r2_market": 0.15}],
        model={
            "objective": "conditional_logit",
            "rounds": model.fundamental.scorer.rounds,
            "temperature": model.fundamental.temperature,
            "blend": model.blend.to_dict(),
            "power_market": model.power_market.to_dict(),
            "figures": {},
            "out_of_fold": {},
            "linear_is_better": True,
            "note": "the linear model does better; `--objective auto` takes it",
            "calibration": {},
        },
        holdout=figures,
        earlier_looks=2,
        verdict=judge(figures, counts, families, settings.Gate()),
        slices=diagnosis.slices(predictions, cutoffs.top20, band, Resampling(200, seed)),
        contributions=tuple(
            Contribution(name, Estimate(value, value - 0.01, value + 0.01), judgement)
            for name, value, judgement in zip(
                FEATURES,
                (0.05, 0.02, 0.001, -0.02),
                ("helps", "helps", "adds nothing", "hurts"),
                strict=True,
            )
        ),
        importance=model.fundamental.scorer.importance(),
    )
    return Sources(
        run_id=version * 32,
        version=version,
        label=None,
        aliases=("challenger",),
        trained="2026-01-02 03:04 UTC",
        report=report,
        cutoffs=cutoffs.to_dict(),
        predictions=predictions,
        backtests=(),
    )

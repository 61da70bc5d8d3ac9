"""`velo train`: dataset, folds, blend, cut-offs, holdout, verdict, and all of it in MLflow."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

import velo
from training import artifact, diagnosis, evaluation, plots, walk_forward
from training.calibration_curve import curve
from training.dataset import Dataset, assemble
from training.evaluation import Blended
from training.gate import Verdict, judge
from training.linear import Linear
from training.market import Method
from training.metrics import Predictions
from training.model import Model
from training.ranker import Ranker
from training.recipe import walk
from training.report import TrainingReport
from training.selection import Cutoffs, expected_value, select
from training.tracking import Recorder
from training.walk_forward import OutOfFold
from velo.home import Home
from velo.settings import PROJECT_ROOT, Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """What a training run ended with."""

    run_id: str
    version: str
    verdict: Verdict
    report: dict[str, Any]


@dataclass
class Clock:
    """Wall-clock seconds of each stage, and where progress is said."""

    say: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        self.say(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)


def train(
    home: Home,
    settings: Settings,
    train_end: date | None = None,
    holdout_days: int | None = None,
    truth: pd.DataFrame | None = None,
    progress: Progress = lambda stage: None,
) -> Trained:
    """Train, judge and register a version, whatever the verdict.

    Args:
        home: its current build is trained on.
        settings: everything that a run is repeated with.
        train_end: the first day that is not trained on.
        holdout_days: beats the settings' own.
        truth: race_id, horse, p_true of a synthetic world, to say which share of the
            attainable edge was captured.
        progress: called with the name of each stage.

    Raises:
        NothingBuilt, HomeError: the home is not ready.
        DataError: the data cannot carry the plan.
    """
    clock = Clock(progress)
    with clock.stage("retrieving features"):
        data = assemble(home, settings, train_end, holdout_days)
    name = f"{settings.training.service} {settings.training.blend} to {data.plan.train_end}"
    with Recorder(home, name, {"velo.code": code_version(), **data.fingerprint}) as recorder:
        recorder.params(settings.model_dump(mode="json", exclude={"home"}))
        devig = walk_forward.choose_devig(data, settings)
        with clock.stage("walking forward"):
            objective, oof = walk(data, settings, devig, progress)
        folds = evaluation.fold_figures(oof, settings)
        for figures in folds:
            recorder.fold(int(figures["fold"]), figures)
        with clock.stage("fitting the blend"):
            blended = evaluation.fit_blend(oof.frame, settings)
            cutoffs = evaluation.cut_offs(oof, blended, data, settings)
        with clock.stage("fitting the last model"):
            fundamental = walk_forward.fit_last(data, settings, devig, objective, oof)
        model = Model(fundamental, devig, blended.blend, blended.power_market)
        last_day = data.plan.holdout_end - timedelta(days=1)
        looks = recorder.look(data.plan.holdout_start, last_day, _world(data))
        with clock.stage("judging the holdout"):
            predictions = model.predict(_days(data, data.plan.holdout_start, last_day))
            judged = evaluation.judge_holdout(predictions, cutoffs, blended, data, settings, looks)
            if truth is not None:
                judged |= evaluation.captured_share(predictions, truth, settings)
            verdict = judge(
                judged, data.nulls, data.families, settings.gate, settings.training.blend
            )
        with clock.stage("looking into the verdict"):
            pieces = diagnosis.slices(
                predictions, cutoffs.top20, settings.odds_band,
                settings.training.bootstrap_draws, settings.training.seed,
            )  # fmt: skip
            questioned = _contributions(data, oof, settings, devig)
        stored = _artifact(data, settings, model, cutoffs, recorder.run_id)
        sha256 = artifact.save(recorder.model_folder, stored, model.ranker_text)
        report = TrainingReport(
            run_id=recorder.run_id,
            data=_data_section(data),
            plan=data.plan.to_dict(),
            settings=settings.model_dump(mode="json", exclude={"home"}),
            prices={"decision": data.decision, "settlement": data.settlement, "devig": devig,
                    "commission": settings.prices.commission.get(data.settlement, 0.0)},
            nulls={feature: count.to_dict() for feature, count in data.nulls.items()},
            folds=folds,
            model=_model_section(model, oof, blended, objective),
            holdout=judged,
            earlier_looks=looks,
            verdict=verdict,
            slices=pieces,
            contributions=questioned,
            importance=_importance(model),
            seconds=clock.seconds,
        ).to_dict()  # fmt: skip
        with clock.stage("recording"):
            recorder.metrics(judged)
            recorder.verdict(verdict)
            recorder.document("training_report.json", report)
            recorder.plots(_plots(predictions, pieces, model, cutoffs, data, settings))
            recorder.enrol(sha256, _description(data, verdict, objective, settings), {
                "velo.verdict": "promoted" if verdict.promoted else "refused",
                "velo.prices": f"{data.decision} -> {data.settlement}",
                "velo.service": settings.training.service,
            })  # fmt: skip
    return Trained(recorder.run_id, str(recorder.version), verdict, report)


def _days(data: Dataset, first: date, last: date) -> pd.DataFrame:
    days = data.frame["date"]
    return data.frame[days.between(pd.Timestamp(first), pd.Timestamp(last))]


def _contributions(
    data: Dataset, oof: OutOfFold, settings: Settings, devig: Method
) -> tuple[diagnosis.Contribution, ...]:
    """What each feature adds to the blend, on the last out-of-fold fold."""
    fit = oof.fits[-1]
    earlier = oof.frame[oof.frame["fold"] < fit.fold.number]
    known = evaluation.fit_blend(earlier, settings)
    model = Model(fit.boosted, devig, known.blend,
                  known.power_market)  # fmt: skip
    days = _days(data, fit.fold.test_start, fit.fold.test_end - timedelta(days=1))
    priced = days[days["priced"]]

    def score(frame: pd.DataFrame) -> Any:
        return model.predict(frame)["p"].to_numpy(dtype=np.float64)

    return diagnosis.contributions(
        priced, data.features, score, settings.training.bootstrap_draws, settings.training.seed
    )


def _artifact(
    data: Dataset, settings: Settings, model: Model, cutoffs: Cutoffs, run_id: str
) -> dict[str, Any]:
    """Everything that scoring needs beside the ranker's text."""
    return {
        **model.to_dict(),
        "service": data.declared.service,
        "priors": data.priors.model_dump(mode="json"),
        "layoff": settings.layoff.model_dump(mode="json"),
        "prices": {"decision": data.decision, "settlement": data.settlement},
        "odds_band": settings.odds_band.model_dump(mode="json"),
        "cutoffs": cutoffs.to_dict(),
        "cutoff_curve": list(cutoffs.curve),
        "plan": data.plan.to_dict(),
        "seed": settings.training.seed,
        "code": code_version(),
        "run_id": run_id,
    }


def _data_section(data: Dataset) -> dict[str, Any]:
    days = data.frame["date"]
    return {
        **data.fingerprint,
        "first_day": days.min().date(),
        "last_day": days.max().date(),
        "rows": len(data.frame),
        "races": int(data.frame["race_id"].nunique()),
        "excluded": data.excluded,
        "families": data.families,
        "priors": data.priors.model_dump(mode="json"),
    }


def _model_section(
    model: Model, oof: OutOfFold, blended: Blended, objective: str
) -> dict[str, Any]:
    beside = evaluation.fundamental_figures(oof.frame)
    better = beside["r2_linear"] > beside["r2_model"]
    return {
        "objective": objective,
        "rounds": [fit.rounds for fit in oof.fits],
        "temperature": model.fundamental.temperature,
        "blend": model.blend.to_dict(),
        "power_market": model.power_market.to_dict(),
        "figures": evaluation.blend_figures(blended),
        "out_of_fold": beside,
        "linear_is_better": better,
        "note": (
            "the linear conditional logit does better out of fold; `--objective auto` takes it"
            if better
            else "boosting does better out of fold than the linear conditional logit"
        ),
    }


def _importance(model: Model) -> dict[str, float]:
    scorer = model.fundamental.scorer
    if isinstance(scorer, Ranker):
        return scorer.importance()
    assert isinstance(scorer, Linear)
    return {}


def _plots(
    predictions: pd.DataFrame,
    pieces: Any,
    model: Model,
    cutoffs: Cutoffs,
    data: Dataset,
    settings: Settings,
) -> dict[str, bytes]:
    given = Predictions.of(predictions)
    value = expected_value(given.p, given.decision_odds)
    commission = settings.prices.commission.get(data.settlement, 0.0)
    paths = {}
    for name, cutoff in cutoffs.to_dict().items():
        bets = given.bets(select(value, given.decision_odds, settings.odds_band, cutoff))
        if len(bets):
            profit = pd.Series(bets.profit(commission), index=pd.DatetimeIndex(bets.dates))
            paths[name] = profit.groupby(level=0).sum().cumsum()
    curves = {
        "blend": curve(given.p, given.win_share),
        "market": curve(given.p_market_power, given.win_share),
    }
    return plots.images(curves, pieces, _importance(model), paths)


def _description(data: Dataset, verdict: Verdict, objective: str, settings: Settings) -> str:
    return (
        f"{verdict.words}\n\n{objective} on {len(data.features)} features "
        f"({data.declared.service}), {settings.training.blend} blend with {data.decision}, "
        f"settled at {data.settlement}. Trained on days before {data.plan.train_end}, judged on "
        f"{data.plan.holdout_days} days from {data.plan.holdout_start}."
    )


def _world(data: Dataset) -> str:
    """Names the data a holdout belongs to: the same for every run on the same races."""
    frame = data.frame
    held = frame.loc[frame["date"] >= pd.Timestamp(data.plan.holdout_start), "race_id"].unique()
    return hashlib.sha256(np.sort(held).tobytes()).hexdigest()


def code_version() -> str:
    """The package's version and, in a checkout, the commit with `+` where files were changed."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],  # noqa: S607
            cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return velo.__version__
    return f"{velo.__version__} {found.stdout.strip()}"

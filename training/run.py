"""`velo train`: dataset, folds, blend, cut-offs, holdout, verdict, and all of it in MLflow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from training import pyfunc
from training.blending.calibration_choice import Trials
from training.blending.market import Method
from training.data.conditions import paid
from training.data.dataset import Dataset, assemble, feature_store
from training.data.named import require_named
from training.judging import diagnosis
from training.judging.gate import Verdict, judge
from training.judging.metrics import Predictions
from training.judging.reference import judged_figures, reference
from training.model import artifact
from training.model.attribution import attribute
from training.model.explanation import explained
from training.model.model import Model
from training.promotion.comparison import Held, said_of_run
from training.record import nested, tracked_data
from training.record.code_state import CodeState
from training.record.holdout_file import write_holdout
from training.record.mlflow_store import NOTE, VERDICT
from training.record.pictures import pictures
from training.record.registry import LABEL, check_label
from training.record.report import TrainingReport
from training.record.review import RUN_NAME, Review
from training.record.service_definition import definition
from training.record.tracking import Recorder
from training.search import tuning
from training.walk import evaluation, walk_forward
from training.walk.blend_path import blend_path
from training.walk.evaluation import Blended
from training.walk.recipe import boosted, walk
from training.walk.stored_form import stored_form
from training.walk.walk_forward import OutOfFold
from velo.disk.full_disk import room_on
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.spine import Spine
from velo.racing.withdrawals import law_of
from velo.result import Result
from velo.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Trained(Result):
    """What a training run ended with.

    Attributes:
        run_id: MLflow's.
        version: of the registered model.
        verdict: the gate's.
        report: as `training_report.json` holds it.
    """

    run_id: str
    version: str
    verdict: Verdict
    report: dict[str, Any]

    @property
    def summary(self) -> str:
        """The version and the verdict."""
        return f"version {self.version}, run {self.run_id}. {self.verdict.words}"

    def rows(self) -> list[dict[str, Any]]:
        """The gate's table, a row a criterion, as text."""
        return self.verdict.rows()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: verdict, figures of the holdout, seconds of each stage, tuning."""
        return {
            "run_id": self.run_id,
            "version": self.version,
            "verdict": self.verdict.to_dict(),
            "holdout": self.report["holdout"],
            "seconds": self.report["seconds"],
            "tuning": self.report["tuning"],
        }


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
    label: str | None = None,
    tune: int = 0,
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
        label: a name for the version and its reports, such as v1.2.0.
        tune: trials of the ranker's parameters in all, 0 for the settings as they stand.

    Raises:
        InputError: the label cannot name a version.
        NothingBuilt, HomeError: the home is not ready.
        SettingsError: there is nothing to tune, or a feature is named that the service lacks.
        DataError: the data cannot carry the plan.
    """
    labelled = {} if label is None else {LABEL: check_label(label)}
    current_build(home)
    require_named(feature_store(home), settings)
    clock = Clock(progress)
    with clock.stage("retrieving features"):
        data = assemble(home, settings, train_end, holdout_days)
    name = f"{settings.training.blend} to {data.plan.train_end}, {settings.training.service}"
    code = CodeState.now()
    tags = {**code.tags(), **labelled, **data.fingerprint}
    with (
        room_on(home.root, "the training was broken off"),
        Recorder(home, label or name, tags) as recorder,
    ):
        devig = walk_forward.choose_devig(data, settings)
        searched = None
        if tune:
            with clock.stage("tuning"):
                searched = tuning.tune(
                    home, data, settings, devig, boosted(settings), tune, recorder, progress
                )
                settings = searched.applied(settings)
        recorder.params(settings.model_dump(mode="json", exclude={"home"}))
        recorder.inputs(tracked_data.entries(data))
        recorder.document(
            "feature_service.json", definition(feature_store(home), data.declared.service)
        )
        recorder.text("uncommitted.diff", code.change)
        with clock.stage("walking forward"):
            objective, oof = walk(data, settings, devig, progress)
        folds, trials = evaluation.fold_figures(oof, settings)
        for fit, figures in zip(oof.fits, folds, strict=True):
            numbers = {name: x for name, x in figures.items() if not isinstance(x, str)}
            recorder.fold(fit.fold.number, {**numbers, "fold": None})
            recorder.nested(nested.of_fold(fit, numbers))
        with clock.stage("fitting the blend"):
            blended = evaluation.fit_blend(oof.frame, settings, trials)
            cutoffs = evaluation.cut_offs(oof, blended, data, settings)
        with clock.stage("fitting the last model"):
            fundamental = walk_forward.fit_last(data, settings, devig, objective, oof.size)
        model = blended.model(fundamental, devig)
        last_day = data.plan.holdout_end - timedelta(days=1)
        looks = recorder.look(data.plan.holdout_start, last_day)
        with clock.stage("judging the holdout"):
            judged_days = _days(data, data.plan.holdout_start, last_day)
            predictions = paid(
                model.predict(judged_days),
                Spine(home),
                data.plan.holdout_start,
                last_day,
                data.settlement,
                law_of(data.settlement, settings.prices.exchange),
            )
            judged = evaluation.judge_holdout(predictions, cutoffs, blended, data, settings, looks)
            if truth is not None:
                judged |= evaluation.captured_share(predictions, truth, settings)
            verdict = judge(
                judged, data.nulls, data.families, settings.gate, settings.training.blend
            )
        with clock.stage("looking into the verdict"):
            pieces = diagnosis.slices(
                predictions,
                cutoffs.top20,
                settings.odds_band,
                settings.training.bootstrap_draws,
                settings.training.seed,
            )
            questioned = _contributions(data, oof, settings, devig, trials)
            weights = blend_path(oof, settings)
            last = oof.fits[-1]
            shares = attribute(
                last.boosted,
                _days(data, last.fold.test_start, data.plan.train_end),
                settings.training.seed,
            )
            champion = said_of_run(
                home,
                Held(
                    predictions,
                    data.plan.holdout_start,
                    last_day,
                    data.decision,
                    settings.training.bootstrap_draws,
                    settings.training.seed,
                ),
            )
        stored = stored_form(data, settings, model, cutoffs, code.version)
        held_against = reference(
            data,
            settings.drift.days,
            judged_figures(
                judged,
                Predictions.of(predictions),
                settings.training.bootstrap_draws,
                settings.training.seed,
            ),
        )
        sha256 = artifact.save(
            recorder.model_folder, stored, model.ranker_text, held_against.to_dict()
        )
        pyfunc.add(recorder.model_folder, model, sha256, data.frame.iloc[: _first_race(data)])
        report = TrainingReport(
            run_id=recorder.run_id,
            data=_data_section(data),
            plan=data.plan.to_dict(),
            settings=settings.model_dump(mode="json", exclude={"home"}),
            prices={
                "decision": data.decision,
                "settlement": data.settlement,
                "devig": devig,
                "commission": settings.prices.commission_of(data.settlement),
            },
            nulls={feature: count.to_dict() for feature, count in data.nulls.items()},
            folds=folds,
            model=_model_section(model, oof, blended, objective, settings)
            | {
                "calibration": trials.choices(
                    settings.training.calibration,
                    settings.training.bootstrap_draws,
                    settings.training.seed,
                )
            },
            holdout=judged,
            earlier_looks=looks,
            verdict=verdict,
            slices=pieces,
            contributions=questioned,
            importance=model.fundamental.importance(),
            seconds=clock.seconds,
            tuning=None if searched is None else searched.to_dict(),
            attribution=None if shares is None else shares.importance,
            weights=weights,
            champion=champion,
        ).to_dict()
        review = Review(report, verdict, champion)
        with clock.stage("recording"):
            recorder.metrics(judged)
            recorder.document("training_report.json", report)
            write_holdout(recorder.model_folder.parent, explained(model, judged_days, predictions))
            recorder.plots(
                pictures(
                    predictions,
                    pieces,
                    model.fundamental.importance(),
                    shares,
                    weights,
                    cutoffs,
                    settings.prices.commission_of(data.settlement),
                    settings,
                )
            )
            called = label or name
            recorder.tag({**review.tags(), NOTE: review.page(), RUN_NAME: review.name(called)})
            recorder.verdict(verdict)
            recorder.enrol(
                sha256,
                review.page(),
                {
                    VERDICT: "passed" if verdict.promoted else "refused",
                    **review.short_tags(),
                    **labelled,
                },
            )
    return Trained(recorder.run_id, str(recorder.version), verdict, report)


def _first_race(data: Dataset) -> int:
    """The rows of the first race: an example of what the model takes."""
    race = data.frame["race_id"].to_numpy()
    return int(np.argmax(race != race[0])) or len(race)


def _days(data: Dataset, first: date, last: date) -> pd.DataFrame:
    days = data.frame["date"]
    return data.frame[days.between(pd.Timestamp(first), pd.Timestamp(last))]


def _contributions(
    data: Dataset, oof: OutOfFold, settings: Settings, devig: Method, trials: Trials
) -> tuple[diagnosis.Contribution, ...]:
    """What each feature adds to the blend, on the last out-of-fold fold."""
    fit = oof.fits[-1]
    earlier = oof.frame[oof.frame["fold"] < fit.fold.number]
    known = evaluation.fit_blend(earlier, settings, trials.before(fit.fold.number))
    model = known.model(fit.boosted, devig)
    days = _days(data, fit.fold.test_start, fit.fold.test_end - timedelta(days=1))
    priced = days[days["priced"]]

    def score(frame: pd.DataFrame) -> Any:
        return model.predict(frame)["p"].to_numpy(dtype=np.float64)

    return diagnosis.contributions(
        priced, data.features, score, settings.training.bootstrap_draws, settings.training.seed
    )


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
    model: Model, oof: OutOfFold, blended: Blended, objective: str, settings: Settings
) -> dict[str, Any]:
    beside = evaluation.fundamental_figures(oof.frame)
    better = evaluation.linear_is_better(oof.frame, settings.training.blend)
    return {
        "objective": objective,
        "rounds": model.fundamental.scorer.rounds,
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

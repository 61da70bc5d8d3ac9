"""`velo train`: dataset, folds, blend, cut-offs, holdout, verdict, and all of it in MLflow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from training import pyfunc
from training.data.dataset import Dataset, assemble, feature_store
from training.data.named import require_named
from training.judging.gate import Verdict
from training.judging.metrics import Predictions
from training.judging.reference import judged_figures, reference
from training.model import artifact
from training.model.explanation import explained
from training.promotion.head_to_head import Holdout, against_champion
from training.record import declarations, nested, tracked_data
from training.record.code_state import CodeState
from training.record.data_section import data_section
from training.record.holdout_file import write_holdout
from training.record.mlflow_store import NOTE, VERDICT
from training.record.model_section import model_section
from training.record.pictures import pictures
from training.record.registry import LABEL, check_label
from training.record.report_sections import ChoiceSection, Figures
from training.record.review import RUN_NAME, Review
from training.record.run_report import FILE, TrainingReport
from training.record.service_definition import definition
from training.record.tracking import Recorder
from training.search import tuning
from training.search.tuning import Tuned
from training.statistics.bootstrap import Resampling
from training.walk.judgement import Judgement, WeakPoints, judge_model, weak_points
from training.walk.out_of_fold_gain import choice_gains
from training.walk.recipe import FittedModel, Recipe, WalkForward
from training.walk.stage_timer import Progress, StageTimer
from training.walk.stored_form import stored_form
from velo.disk.full_disk import room_on
from velo.errors import SettingsError
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.spine import Spine
from velo.result import Result
from velo.settings import Settings


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
    report: TrainingReport

    @property
    def summary(self) -> str:
        """The version and the verdict."""
        return f"version {self.version}, run {self.run_id}. {self.verdict.words}"

    def rows(self) -> list[dict[str, Any]]:
        """The gate's table, a row a criterion, as text."""
        return [dict(row) for row in self.verdict.rows()]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: verdict, figures of the holdout, seconds of each stage, tuning."""
        report = self.report.to_dict()
        return {
            "run_id": self.run_id,
            "version": self.version,
            "verdict": self.verdict.to_dict(),
            "holdout": report["holdout"],
            "seconds": report["seconds"],
            "tuning": report["tuning"],
            "unmet_needs": report["data"]["unmet_needs"],
            "unfitted": report["data"]["unfitted"],
            "discovery": report["data"]["discovery"],
        }


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
        truth: race_id, horse, p_true of a synthetic world, for the share of the edge captured.
        progress: called with the name of each stage.
        label: a name for the version and its reports, such as v1.2.0.
        tune: trials of the ranker's parameters in all, 0 for the settings as they stand.

    Raises:
        InputError: the label cannot name a version.
        NothingBuilt, HomeError: the home is not ready.
        SettingsError: there is nothing to tune or to choose from, or a feature is named that the
            service lacks.
        DataError: the data cannot carry the plan.
    """
    label = None if label is None else check_label(label)
    if tune and settings.training.select:
        raise SettingsError("--tune and --select are not for one run: search first, then choose")
    current_build(home)
    require_named(feature_store(home), settings)
    timer = StageTimer(progress)
    with timer.stage("retrieving features"):
        data = assemble(home, settings, train_end, holdout_days)
    return _Training(home, data, settings, timer, label).run(tune, truth)


@dataclass(frozen=True, eq=False)
class _Training:
    """One training of a data set, each step recorded as it is made."""

    home: Home
    data: Dataset
    settings: Settings
    timer: StageTimer
    label: str | None

    @property
    def name(self) -> str:
        """What the run is called: its label, else what it is made of."""
        training = self.settings.training
        return self.label or f"{training.blend} to {self.data.plan.train_end}, {training.service}"

    @property
    def labelled(self) -> dict[str, str]:
        return {} if self.label is None else {LABEL: self.label}

    def run(self, tune: int, truth: pd.DataFrame | None) -> Trained:
        data, code = self.data, CodeState.now()
        tags = {**code.tags(), **self.labelled, **data.fingerprint}
        with (
            room_on(self.home.root, "the training was broken off"),
            Recorder(self.home, self.name, tags) as recorder,
        ):
            recipe, search = self._tuned(Recipe.of(data, self.settings), tune, recorder)
            _record_inputs(recorder, self.home, data, recipe.settings, code)
            walk = recipe.walk(data, self.timer)
            _record_folds(recorder, walk)
            fitted = walk.fit(self.timer)
            gains = choice_gains(walk, self.timer)
            looks = recorder.look(*data.plan.holdout)
            with self.timer.stage("judging the holdout"):
                judgement = judge_model(fitted, Spine(self.home), looks, truth)
            with self.timer.stage("looking into the verdict"):
                weak = weak_points(fitted, judgement.predictions)
                champion = self._against_champion(fitted, judgement)
            sha256 = _store(recorder, fitted, judgement, code.version)
            report = _report(
                recorder.run_id,
                data_section(fitted.data, Spine(self.home)),
                model_section(fitted, gains),
                fitted,
                judgement,
                weak,
                champion,
                search,
                self.timer.seconds,
            )
            with self.timer.stage("recording"):
                _record_outcome(recorder, fitted, judgement, weak, report)
                self._enrol(recorder, sha256, Review(report, judgement.verdict, champion))
        return Trained(recorder.run_id, str(recorder.version), judgement.verdict, report)

    def _tuned(self, recipe: Recipe, tune: int, recorder: Recorder) -> tuple[Recipe, Tuned | None]:
        """The recipe with the parameters that did best in a search, if one is asked for."""
        if not tune:
            return recipe, None
        with self.timer.stage("tuning"):
            search = tuning.tune(self.home, self.data, recipe, tune, recorder, self.timer.announce)
        return replace(recipe, settings=search.applied(recipe.settings)), search

    def _against_champion(self, fitted: FittedModel, judgement: Judgement) -> str:
        holdout = Holdout(
            judgement.predictions,
            *self.data.plan.holdout,
            self.data.decision,
            Resampling.of(fitted.settings.training),
        )
        return against_champion(self.home, holdout)

    def _enrol(self, recorder: Recorder, sha256: str, review: Review) -> None:
        page = review.page()
        recorder.tag({**review.tags(), NOTE: page, RUN_NAME: review.name(self.name)})
        recorder.verdict(review.verdict)
        outcome = "passed" if review.verdict.promoted else "refused"
        recorder.enrol(sha256, page, {VERDICT: outcome, **review.short_tags(), **self.labelled})


def _record_inputs(
    recorder: Recorder, home: Home, data: Dataset, settings: Settings, code: CodeState
) -> None:
    recorder.params(settings.recorded())
    recorder.inputs(tracked_data.entries(data))
    recorder.document(
        "feature_service.json", definition(feature_store(home), data.declared.service)
    )
    declarations.keep(recorder, settings.feature_repo)
    recorder.text("uncommitted.diff", code.change)


def _record_folds(recorder: Recorder, walk: WalkForward) -> None:
    for fit, figures in zip(walk.oof.fits, walk.folds, strict=True):
        numbers = {name: x for name, x in figures.items() if not isinstance(x, str)}
        recorder.fold(fit.fold.number, {**numbers, "fold": None})
        recorder.nested(nested.of_fold(fit, numbers))


def _store(recorder: Recorder, fitted: FittedModel, judgement: Judgement, code: str) -> str:
    """Save the model with its reference and what MLflow needs; returns its SHA-256."""
    data, settings, model = fitted.data, fitted.settings, fitted.model
    figures = judged_figures(
        judgement.figures,
        Predictions.of(judgement.predictions),
        Resampling.of(settings.training),
    )
    sha256 = artifact.save(
        recorder.model_folder,
        stored_form(data, settings, model, fitted.cutoffs, code, fitted.chosen),
        model.ranker_text,
        reference(data, settings.drift.days, figures).to_dict(),
    )
    pyfunc.add(recorder.model_folder, model, sha256, data.rows(slice(_first_race(data))))
    return sha256


def _first_race(data: Dataset) -> int:
    """The rows of the first race: an example of what the model takes."""
    race = data.frame["race_id"].to_numpy()
    return int(np.argmax(race != race[0])) or len(race)


def _record_outcome(
    recorder: Recorder,
    fitted: FittedModel,
    judgement: Judgement,
    weak: WeakPoints,
    report: TrainingReport,
) -> None:
    settings = fitted.settings
    recorder.metrics(judgement.figures)
    recorder.metrics(_choice_figures(report.model.features))
    recorder.metrics(
        {
            f"chosen_on_share_{each.judges}": each.chosen_on / each.races
            for each in report.data.discovery
        }
    )
    recorder.document(FILE, report.to_dict())
    write_holdout(
        recorder.model_folder.parent,
        explained(fitted.model, judgement.days, judgement.predictions),
    )
    recorder.plots(
        pictures(
            judgement.predictions,
            weak.slices,
            fitted.model.fundamental.importance(),
            weak.attribution,
            weak.weights,
            fitted.cutoffs,
            settings.prices.commission_of(fitted.data.settlement),
            settings,
        )
    )


def _choice_figures(choice: ChoiceSection | None) -> Figures:
    """Gains of the walk whose features were chosen, flat."""
    gains = {} if choice is None else {"nested": choice.nested, "once": choice.once}
    return {
        f"select_gain_{name}{end}": figure
        for name, gain in gains.items()
        if gain is not None
        for end, figure in (("", gain.value), ("_low", gain.low), ("_high", gain.high))
    }


def _report(
    run_id: str,
    about: dict[str, Any],
    kept: dict[str, Any],
    fitted: FittedModel,
    judgement: Judgement,
    weak: WeakPoints,
    champion: str,
    search: Tuned | None,
    seconds: dict[str, float],
) -> TrainingReport:
    data, settings = fitted.data, fitted.settings
    return TrainingReport.of(
        run_id=run_id,
        data=about,
        plan=data.plan.to_dict(),
        settings=settings.recorded(),
        prices={
            "decision": data.decision,
            "settlement": data.settlement,
            "devig": fitted.recipe.devig,
            "commission": settings.prices.commission_of(data.settlement),
        },
        nulls={feature: count.to_dict() for feature, count in data.nulls.items()},
        folds=fitted.walk.folds,
        model=kept,
        holdout=judgement.figures,
        earlier_looks=judgement.looks,
        verdict=judgement.verdict,
        slices=weak.slices,
        contributions=weak.contributions,
        importance=fitted.model.fundamental.importance(),
        seconds=seconds,
        tuning=None if search is None else search.to_dict(),
        attribution=None if weak.attribution is None else weak.attribution.importance,
        weights=weak.weights,
        champion=champion,
    )

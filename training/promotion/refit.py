"""A judged recipe retrained through the last day of the data, with nothing held back.

Settings, service, de-vig, objective and rounds are the judged version's. Priors, temperature,
blend and cut-offs are fitted anew on a walk through the longer data. Nothing judges the outcome:
the verdict is the recipe's, and the version says whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from training.data.dataset import gather
from training.data.folds import plan_ahead
from training.data.some_features import with_features
from training.judging.reference import reference
from training.model import artifact
from training.model.artifact import load
from training.promotion.recorded_run import JUDGED, REFIT, RecordedRun
from training.record import declarations
from training.record.code_state import CodeState
from training.record.mlflow_store import VERDICT
from training.record.tracking import Recorder
from training.scoring import Stored, stored_model
from training.walk.recipe import Recipe
from training.walk.stage_timer import Progress, StageTimer
from training.walk.stored_form import stored_form
from velo.errors import ModelError
from velo.home import Home
from velo.offline.spine import Spine
from velo.settings import Settings


@dataclass(frozen=True)
class Refitted:
    """A registered refit.

    Attributes:
        version, run_id: its own.
        report: plain JSON: the judged version, the plan, rounds, and its blend beside the judged.
    """

    version: str
    run_id: str
    report: dict[str, Any]


def refit(home: Home, judged: RecordedRun, progress: Progress) -> Refitted:
    """Retrain and register; no alias is moved.

    Args:
        home: its current build is trained on.
        judged: whose recipe.
        progress: called with the name of each stage.

    Raises:
        SettingsError: a recorded setting is not known any more.
        ModelError: the feature service has other features now.
        DataError: the data cannot carry the plan.
    """
    settings = _all_features(judged.settings())
    earlier = stored_model(home, judged.version)
    spine = Spine(home)
    first, last = judged.holdout
    ahead = (last - first).days + 1
    timer = StageTimer(progress)
    with timer.stage("retrieving features through the last day"):
        data = gather(
            home,
            settings,
            plan_ahead(spine.first_day, spine.last_day, settings.training, ahead),
            unmet_needs=earlier.card.unmet_needs,
        )
    features = earlier.model.fundamental.features
    if earlier.card.chosen is not None and set(features) <= set(data.features):
        data = with_features(data, features)
    if data.features != features:
        raise ModelError(
            f"version {judged.version} was trained on other features than service "
            f"{data.declared.service} has now; train and judge it again"
        )
    name = f"refit of {judged.version} through {spine.last_day}"
    code = CodeState.now()
    tags = {**code.tags(), JUDGED: judged.version, VERDICT: "refit"}
    with Recorder(home, name, {**tags, **data.fingerprint}) as recorder:
        recorder.params(settings.recorded())
        declarations.keep(recorder, settings.feature_repo)
        recipe = Recipe(settings, earlier.model.devig, judged.objective, rounds=judged.rounds)
        fitted = recipe.fit(data, timer)
        model, cutoffs = fitted.model, fitted.cutoffs
        report = {
            "judged": judged.version,
            "last_day": spine.last_day.isoformat(),
            "plan": data.plan.to_dict(),
            "rows": len(data.frame),
            "objective": judged.objective,
            "rounds": judged.rounds,
            "blend": model.blend.to_dict(),
            "blend_judged": earlier.model.blend.to_dict(),
            "cutoffs": cutoffs.to_dict(),
            "code": code.version,
            "code_judged": earlier.card.code,
        }
        recorder.document(REFIT, report)
        saved = stored_form(data, settings, model, cutoffs, code.version, earlier.card.chosen)
        held_against = reference(data, settings.drift.days, _judged_figures(earlier))
        sha256 = artifact.save(
            recorder.model_folder, saved, model.ranker_text, held_against.to_dict()
        )
        description = (
            f"The recipe of version {judged.version}, retrained through {spine.last_day}. No day "
            f"was held back, so the verdict is version {judged.version}'s: {judged.verdict.words}"
        )
        recorder.enrol(sha256, description, {JUDGED: judged.version, VERDICT: "refit"}, alias=None)
    return Refitted(str(recorder.version), recorder.run_id, report)


def _all_features(settings: Settings) -> Settings:
    """A refit keeps the features that the judged version had chosen, and chooses none."""
    training = settings.training.model_copy(update={"select": 0})
    return settings.model_copy(update={"training": training})


def _judged_figures(earlier: Stored) -> dict[str, Any]:
    """No day judges a refit: its live days are held against the judged version's holdout."""
    kept = load(earlier.registered.folder, earlier.registered.sha256).reference
    return {} if kept is None else dict(kept["judged"])

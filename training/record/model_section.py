"""What a training report says of the model: what was kept, and what was compared with it."""

from __future__ import annotations

from typing import Any

from training.blending.blend_choice import BlendChoice
from training.statistics.bootstrap import Resampling
from training.walk import evaluation
from training.walk.out_of_fold_gain import ChoiceGains
from training.walk.recipe import FittedModel
from velo.formats import in_text


def model_section(fitted: FittedModel, gains: ChoiceGains | None = None) -> dict[str, Any]:
    """The attributes of `ModelSection`, not yet plain JSON.

    Args:
        fitted: the model.
        gains: of its walk, where its features were chosen.
    """
    walk, model, training = fitted.walk, fitted.model, fitted.settings.training
    better = evaluation.linear_is_better(walk.oof.frame, training.blend)
    section: dict[str, Any] = {
        "objective": fitted.recipe.objective,
        "rounds": model.fundamental.scorer.rounds,
        "temperature": model.fundamental.temperature,
        "blend": model.blend.to_dict(),
        "power_market": model.power_market.to_dict(),
        "figures": evaluation.blend_figures(fitted.blended),
        "out_of_fold": evaluation.fundamental_figures(walk.oof.frame),
        "linear_is_better": better,
        "note": "; ".join([_note(model.blend.mode, better), *_choice_words(walk.choice)]),
        "calibration": walk.trials.choices(training.calibration, Resampling.of(training)),
    }
    if walk.choice is not None:
        section["blend_choice"] = walk.choice
    if walk.features is not None and gains is not None:
        section["features"] = {
            "count": len(walk.features.last),
            "among": walk.features.among,
            "features": walk.features.last,
            "by_fold": walk.features.by_fold,
            "strengths": walk.features.strengths,
            "nested": gains.nested,
            "once": gains.once,
        }
    return section


def _choice_words(choice: BlendChoice | None) -> list[str]:
    """How the blends did out of fold, where the blend was left open."""
    if choice is None:
        return []
    first, *others = choice.gains
    gains = ", ".join(
        f"{mode} {in_text.nats(gain.value)} [{in_text.nats(gain.low)}, {in_text.nats(gain.high)}]"
        for mode, gain in choice.gains.items()
        if mode in others
    )
    return [
        f"of {len(choice.gains)} blends {choice.kind} is the likeliest out of fold (nats a race "
        f"over {first}: {gains})"
    ]


def _note(mode: str, linear_is_better: bool) -> str:
    """What was compared with the model out of fold, and how that did."""
    if mode == "beside":
        return "a shrunk line beside the market: no trees were grown to compare it with"
    if linear_is_better:
        return "the linear conditional logit does better out of fold; `--objective auto` takes it"
    return "boosting does better out of fold than the linear conditional logit"

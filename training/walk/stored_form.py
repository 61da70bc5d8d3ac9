"""What is stored of a trained model, beside the ranker's text."""

from __future__ import annotations

from typing import Any

from training.data.dataset import Dataset
from training.judging.selection import Cutoffs
from training.model.model import Model
from training.model.model_card import ChosenFeatures, ModelCard, PriceKinds
from velo.settings import Settings


def stored_form(
    data: Dataset,
    settings: Settings,
    model: Model,
    cutoffs: Cutoffs,
    code: str,
    chosen: ChosenFeatures | None = None,
) -> dict[str, Any]:
    """A model and its card as plain JSON, for `model.json`.

    Nothing of the run itself is in it: the same training gives the same bytes.
    """
    return {**model.to_dict(), **card(data, settings, cutoffs, code, chosen).to_dict()}


def card(
    data: Dataset,
    settings: Settings,
    cutoffs: Cutoffs,
    code: str,
    chosen: ChosenFeatures | None = None,
) -> ModelCard:
    """The card of a model trained on a data set.

    Args:
        data: its service, priors, price kinds and plan.
        settings: that it was trained with.
        cutoffs: that it learned.
        code: version of the code that runs.
        chosen: how its features were, if it has not all of the service.
    """
    return ModelCard(
        service=data.declared.service,
        priors=data.priors,
        layoff=settings.layoff,
        windows=settings.windows,
        prices=PriceKinds(data.decision, data.settlement),
        odds_band=settings.odds_band,
        cutoffs=cutoffs.to_dict(),
        cutoff_curve=cutoffs.curve,
        plan=data.plan,
        seed=settings.training.seed,
        code=code,
        clock=settings.prices.clock if data.declared.todays_prices else None,
        unmet_needs=data.unmet_needs,
        chosen=chosen,
    )

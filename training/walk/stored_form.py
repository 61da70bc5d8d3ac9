"""What is stored of a trained model, beside the ranker's text."""

from __future__ import annotations

from typing import Any

from training.data.dataset import Dataset
from training.judging.selection import Cutoffs
from training.model.model import Model
from velo.settings import Settings


def stored_form(
    data: Dataset, settings: Settings, model: Model, cutoffs: Cutoffs, code: str
) -> dict[str, Any]:
    """Everything that scoring needs beside the ranker's text.

    Nothing of the run itself is in it: the same training gives the same bytes.
    """
    return {
        **model.to_dict(),
        "service": data.declared.service,
        "priors": data.priors.model_dump(mode="json"),
        "layoff": settings.layoff.model_dump(mode="json"),
        "windows": settings.windows.model_dump(mode="json"),
        "prices": {"decision": data.decision, "settlement": data.settlement},
        "odds_band": settings.odds_band.model_dump(mode="json"),
        "cutoffs": cutoffs.to_dict(),
        "cutoff_curve": list(cutoffs.curve),
        "plan": data.plan.to_dict(),
        "seed": settings.training.seed,
        "code": code,
    }

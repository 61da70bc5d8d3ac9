"""What a training report says of the data: what was read, what of it was left out, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from training.data.dataset import Dataset
from velo.offline.discovery import Overlap, overlap
from velo.offline.spine import Spine


def data_section(data: Dataset, spine: Spine) -> dict[str, Any]:
    """The attributes of `DataSection`, not yet plain JSON."""
    days = data.frame["date"]
    return {
        **data.fingerprint,
        "first_day": days.min().date(),
        "last_day": days.max().date(),
        "rows": len(data.frame),
        "races": int(data.frame["race_id"].nunique()),
        "excluded": data.excluded,
        "families": data.families,
        "unmet_needs": data.unmet_needs,
        "unfitted": data.unfitted,
        "discovery": [{**asdict(each), "words": each.words} for each in _discovery(data, spine)],
        "features": {
            name: {"description": each.text, "unit": each.unit}
            for name, each in data.declared.descriptions.items()
        },
        "priors": data.priors.model_dump(mode="json"),
    }


def _discovery(data: Dataset, spine: Spine) -> list[Overlap]:
    """Whether the holdout or the walk falls on days that the features were chosen on."""
    plan = data.plan
    walk = plan.folds[0].test_start, plan.folds[-1].test_end - timedelta(days=1)
    overlaps = [
        overlap(spine, data.declared.discovered, judges, *days)
        for judges, days in (("holdout", plan.holdout), ("walk", walk))
    ]
    return [each for each in overlaps if each is not None]

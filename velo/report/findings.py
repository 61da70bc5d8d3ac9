"""Everything that a report shows, as plain JSON: the page is made of this and of nothing else."""

from __future__ import annotations

from typing import Any

from training.judging.metrics import Predictions
from training.record.report import plain
from velo.report import bets, caveats
from velo.report.bets import Terms
from velo.report.notable import notable
from velo.report.reliability import reliability
from velo.report.sources import Sources
from velo.settings import OddsBand

CARRIED = (
    "data",
    "plan",
    "prices",
    "folds",
    "model",
    "holdout",
    "earlier_looks",
    "verdict",
    "settings",
    "seconds",
)


def findings(run: Sources) -> dict[str, Any]:
    """Figures of a run for people, NaN and infinities as null.

    What the run measured is carried over as it stands; profit paths, reliability and odds bands
    are made here by the functions that judged the run, from the predictions that were judged.

    Raises:
        DataError: no race of the holdout has a complete book.
    """
    report = run.report
    training, prices = report["settings"]["training"], report["prices"]
    terms = Terms(
        band=OddsBand(**report["settings"]["odds_band"]),
        cutoffs=run.cutoffs,
        commission=prices["commission"],
        draws=training["bootstrap_draws"],
        seed=training["seed"],
    )
    given = Predictions.of(run.predictions)
    found: dict[str, Any] = plain(
        {
            "run": {
                "run_id": run.run_id,
                "version": run.version,
                "label": run.label,
                "name": run.name,
                "aliases": run.aliases,
                "trained": run.trained,
            },
            **{name: report[name] for name in CARRIED},
            "caveats": caveats.caveats(report, run.cutoffs, run.backtests),
            "paths": bets.paths(given, terms),
            "reliability": reliability(given, terms.draws, terms.seed),
            "odds_bands": bets.by_odds(given, terms),
            "months": report["slices"]["month"],
            "courses": report["worst"]["course"],
            "races": notable(run.predictions),
            "features": _features(report),
            "backtests": run.backtests,
        }
    )
    return found


def _features(report: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry a feature: words, family, share of split gain, loss when shuffled, missing values.

    A run of before features were described has no words for them.
    """
    words = report["data"].get("features", {})
    total = sum(report["importance"].values())
    lost = {item["feature"]: item for item in report["contributions"]}
    return [
        {
            "feature": feature,
            "family": family,
            "description": words.get(feature, {}).get("description", ""),
            "unit": words.get(feature, {}).get("unit", ""),
            "importance": report["importance"].get(feature, 0.0) / total if total else None,
            "loss": lost[feature]["loss"] if feature in lost else None,
            "judgement": lost[feature]["judgement"] if feature in lost else "not measured",
            "nulls": report["nulls"].get(feature),
        }
        for family, features in report["data"]["families"].items()
        for feature in features
    ]

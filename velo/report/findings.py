"""Everything that a report shows, as plain JSON: the page is made of this and of nothing else."""

from __future__ import annotations

from typing import Any

from training.data.conditions import overbroke_races
from training.judging.metrics import Predictions
from training.record.run_report import TrainingReport, plain
from velo.report import bets, caveats
from velo.report.bets import Terms
from velo.report.notable import notable
from velo.report.reliability import reliability
from velo.report.run_sources import Sources

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
    carried = report.to_dict()
    terms = Terms(
        band=report.odds_band,
        cutoffs=run.cutoffs,
        commission=report.prices.commission,
        resampling=report.resampling,
    )
    given = Predictions.of(run.predictions)
    document: dict[str, Any] = plain(
        {
            "run": {
                "run_id": run.run_id,
                "version": run.version,
                "label": run.label,
                "name": run.name,
                "aliases": run.aliases,
                "trained": run.trained,
            },
            **{name: carried[name] for name in CARRIED},
            "caveats": caveats.caveats(
                report, run.cutoffs, run.backtests, overbroke_races(run.predictions)
            ),
            "paths": bets.paths(given, terms),
            "reliability": reliability(given, terms.resampling),
            "odds_bands": bets.by_odds(given, terms),
            "months": carried["slices"]["month"],
            "courses": carried["worst"]["course"],
            "races": notable(run.predictions),
            "features": _features(report),
            "backtests": run.backtests,
        }
    )
    return document


def _features(report: TrainingReport) -> list[dict[str, Any]]:
    """One entry a feature: words, family, share of split gain, loss when shuffled, missing values.

    A run of before features were described has no words for them.
    """
    words = report.data.features
    total = sum(gain or 0.0 for gain in report.importance.values())
    lost = {each.feature: each for each in report.contributions}
    return [
        {
            "feature": feature,
            "family": family,
            "description": words[feature].description if feature in words else "",
            "unit": words[feature].unit if feature in words else "",
            "importance": (report.importance.get(feature) or 0.0) / total if total else None,
            "loss": lost[feature].loss if feature in lost else None,
            "judgement": lost[feature].judgement if feature in lost else "not measured",
            "nulls": report.nulls.get(feature),
        }
        for family, features in report.data.families.items()
        for feature in features
    ]

"""Parameters and metrics as MLflow takes them: flat, finite, cut to length, a batch at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

LONGEST_PARAM = 6000


def log_params(store: MlflowClient, run_id: str, values: Mapping[str, Any]) -> None:
    """Record parameters; a section's become `section.name`, long values are cut at 6,000 signs."""
    from mlflow.entities import Param

    flat = [Param(name, _text(value)[:LONGEST_PARAM]) for name, value in _flat(values)]
    for start in range(0, len(flat), 100):
        store.log_batch(run_id, params=flat[start : start + 100])


def log_metrics(store: MlflowClient, run_id: str, metrics: Sequence[Metric]) -> None:
    """Record figures."""
    for start in range(0, len(metrics), 1000):
        store.log_batch(run_id, metrics=metrics[start : start + 1000])


def known(values: Mapping[str, float | None], step: int, at: float) -> list[Metric]:
    """The figures that are numbers; None, NaN and infinity are left out, never made a number.

    Args:
        values: name -> figure.
        step: the fold or round that they are of.
        at: when they were known, seconds since 1970.
    """
    from mlflow.entities import Metric

    return [
        Metric(name, float(value), int(at * 1000), step)
        for name, value in values.items()
        if value is not None and math.isfinite(value)
    ]


def curves(values: Mapping[str, Sequence[float]], at: float) -> list[Metric]:
    """Figures that have a value after each step, from step 1."""
    return [
        metric
        for name, curve in values.items()
        for step, value in enumerate(curve, start=1)
        for metric in known({name: value}, step, at)
    ]


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)

"""What a run left behind that a report is made of; nothing is measured here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from training.model import artifact
from training.model.model_card import ModelCard
from training.record import mlflow_store, registry
from training.record.holdout_file import read_holdout
from training.record.run_report import FILE, TrainingReport
from velo.errors import ModelError
from velo.home import Home

BACKTESTS = ("backtest_{name}.json", "backtest_{name}_walk_forward.json")


@dataclass(frozen=True)
class Sources:
    """One finished run.

    Attributes:
        run_id: MLflow's.
        version: of the registered model, None for a run that has none.
        label: the name that `velo train --version` gave it, None without one.
        aliases: which of `champion`, `challenger` and `previous` point at it.
        trained: when the run began, UTC, to the minute.
        report: `training_report.json`.
        cutoffs: least expected value of `top10`, `top20`, `top30`.
        predictions: of the holdout, as `read_holdout` gives them.
        backtests: of this very run: of the one model, and of its recipe walked forward.
    """

    run_id: str
    version: str | None
    label: str | None
    aliases: tuple[str, ...]
    trained: str
    report: TrainingReport
    cutoffs: dict[str, float]
    predictions: pd.DataFrame
    backtests: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        """The version, or the run where there is none."""
        return self.version or self.run_id

    @property
    def file_name(self) -> str:
        """What its files are called by, as those of a backtest are: the label, where it has one."""
        return self.label or self.name


def sources(home: Home, reference: str) -> Sources:
    """Gather what there is of a run.

    Args:
        home: its MLflow store and reports.
        reference: `champion`, `challenger`, `previous`, a version or a run id.

    Raises:
        ModelError: no such run, or a part of it is missing or not what it should be.
    """
    run = registry.resolve(home, reference)
    folder = run.folder.parent
    version = run.version or _version_of(home, run.run_id)
    card = ModelCard.from_dict(artifact.load(run.folder, run.sha256).model)
    began = mlflow_store.client(home).get_run(run.run_id).info.start_time
    label = run.tags.get(registry.LABEL)
    names = (label, version, run.run_id)
    return Sources(
        run_id=run.run_id,
        version=version,
        label=label,
        aliases=tuple(
            alias
            for alias, entry in registry.aliases(home).items()
            if entry["run_id"] == run.run_id
        ),
        trained=datetime.fromtimestamp(began / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        report=_training_report(folder / FILE),
        cutoffs=dict(card.cutoffs),
        predictions=read_holdout(folder),
        backtests=tuple(
            backtest
            for kind in BACKTESTS
            if (backtest := _backtest(home, kind, [name for name in names if name], run.run_id))
        ),
    )


def _version_of(home: Home, run_id: str) -> str | None:
    """The version that a run's model was registered as."""
    query = f"name = '{registry.MODEL}' and run_id = '{run_id}'"
    versions = mlflow_store.client(home).search_model_versions(query)
    return str(versions[0].version) if versions else None


def _backtest(home: Home, kind: str, names: list[str], run_id: str) -> dict[str, Any] | None:
    """The newest backtest of this very run, whichever of its names it was asked for by.

    A label may have gone on to a later run, and a version's number may be another home's.
    """
    paths = [home.reports / kind.format(name=name) for name in names]
    for path in sorted(filter(Path.is_file, paths), key=lambda path: -path.stat().st_mtime):
        document = _document(path)
        if document.get("run_id") == run_id:
            return document
    return None


def _training_report(path: Path) -> TrainingReport:
    document = _document(path)
    try:
        return TrainingReport(**document)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a training report that this version reads ({type(error).__name__}); "
            "restore it from a backup or train again"
        ) from None


def _document(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"{path} is missing; restore it from a backup or train again")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not JSON: {error}; restore it from a backup") from None
    if not isinstance(document, dict):
        raise ModelError(f"{path} is not a report; restore it from a backup")
    return document

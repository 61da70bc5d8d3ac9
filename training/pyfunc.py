"""The stored model as MLflow's pyfunc, for those who trust their own store.

Beside the two files that are the model lie what MLflow needs to load and serve them: an `MLmodel`
that names this module as the loader, a signature, an example and the versions of the packages.
None of that is part of the model's SHA-256 and `velo` reads none of it. The loader takes the two
files alone and proves them against the SHA-256 that the `MLmodel` holds; nothing is unpickled.

Package versions are listed without this package, for no index is sure to hold this one under its
name: load and serve in an environment that has it (`mlflow models serve --env-manager local`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from training.model import artifact
from training.model.model import Model
from velo.disk.whole_file import put_in_place

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

SHA256 = "velo.sha256"
PACKAGES = ("lightgbm", "mlflow", "numpy", "pandas", "scikit-learn", "scipy", "shin")
OUTPUTS = ("p_model", "p_market", "p_market_power", "p")


def add(folder: Path, model: Model, sha256: str, example: pd.DataFrame) -> None:
    """Put MLflow's files beside a saved model.

    Args:
        folder: where `artifact.save` put the model.
        model: the same, for its features.
        sha256: as `artifact.save` returned it.
        example: whole races as `Model.predict` takes them.
    """
    import mlflow.pyfunc

    inputs = model.fundamental.inputs
    wanted = ["race_id", "horse_id", "decision_odds", *inputs.features]
    rows = example[wanted].reset_index(drop=True)
    for name in inputs.categories:
        texts = rows[name].astype(object)
        rows[name] = texts.where(texts.notna(), None)
    with tempfile.TemporaryDirectory(prefix=".pyfunc.", dir=folder.parent) as draft:
        made = Path(draft) / "model"
        mlflow.pyfunc.save_model(
            str(made),
            loader_module=__name__,
            signature=signature(inputs.features, tuple(inputs.categories)),
            input_example=rows,
            pip_requirements=[f"{package}=={version(package)}" for package in PACKAGES],
            metadata={SHA256: sha256},
        )
        for file in sorted(made.iterdir()):
            put_in_place(file, folder / file.name)


def signature(features: Sequence[str], texts: Sequence[str] = ()) -> ModelSignature:
    """What goes in and what comes out, a row a runner; prices and features may be missing.

    Args:
        features: of the model, in its order.
        texts: those that are categories, given as text.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    def schema(columns: Sequence[str]) -> Schema:
        return Schema(
            [
                ColSpec("long", "race_id"),
                ColSpec("long", "horse_id", required=False),
                ColSpec("double", "decision_odds"),
                *(ColSpec("string" if name in texts else "double", name) for name in columns),
            ]
        )

    return ModelSignature(inputs=schema(features), outputs=schema(OUTPUTS))


@dataclass(frozen=True)
class Served:
    """A model as MLflow calls it."""

    model: Model

    def predict(self, frame: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Probabilities of whole races, in the order of the rows that came.

        Args:
            frame: `race_id`, `decision_odds` and the features, a row a runner, in any order.
            params: not used; MLflow passes it.
        """
        rows = frame.reset_index(drop=True)
        together = rows.sort_values("race_id", kind="stable")
        return self.model.predict(together).sort_index()


def _load_pyfunc(path: str) -> Served:
    """MLflow's entry: the model in a folder that `add` completed.

    Raises:
        ModelError: the files are not the model that was saved.
    """
    import mlflow.models

    sha256 = (mlflow.models.Model.load(path).metadata or {}).get(SHA256, "")
    return Served(Model.of(artifact.load(Path(path), sha256)))

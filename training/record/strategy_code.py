"""Strategies in Python as they were when a model's predictions were bet by them."""

from __future__ import annotations

import hashlib

from training.record import mlflow_store
from velo.home import Home

FOLDER = "strategies"


def keep(home: Home, run_id: str, named: str, source: bytes) -> None:
    """Keep a strategy's file with the model's run, one a version, under its SHA-256.

    Args:
        home: its MLflow store.
        run_id: of the model.
        named: `module:Class`.
        source: the module's file.
    """
    module = named.partition(":")[0].replace(".", "/")
    place = f"{FOLDER}/{hashlib.sha256(source).hexdigest()}/{module}.py"
    mlflow_store.client(home).log_text(run_id, source.decode("utf-8", "replace"), place)

"""Runs whose process was killed: closed as failed before the next run begins.

A killed process cannot say that it failed. Whoever trains next says it: a run that is still
running by a process that is gone is FAILED, and a version that it registered without coming
through is taken away; where that was the challenger, the newest whole version is it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.record.mlflow_store import every_run
from training.record.process import PROCESS, is_dead
from training.record.registry import CHALLENGER, MODEL
from velo.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient

WHY = "its process was killed"


def close(store: MlflowClient, experiment: str, home: Home) -> tuple[str, ...]:
    """Close the abandoned runs of an experiment of a home; returns their ids."""
    running = every_run(store, experiment, "attributes.status = 'RUNNING'")
    dead = [
        run.info.run_id
        for run in running
        if is_dead(run.data.tags.get(PROCESS, ""), home)
        # It may have come through, and its process ended, since the runs were listed.
        and store.get_run(run.info.run_id).info.status == "RUNNING"
    ]
    for run_id in dead:
        _withdraw(store, run_id)
        store.set_tag(run_id, "velo.error", WHY)
        store.set_terminated(run_id, "FAILED")
    return tuple(dead)


def _withdraw(store: MlflowClient, run_id: str) -> None:
    for entry in store.search_model_versions(f"run_id = '{run_id}'"):
        # A search does not say which aliases a version bears.
        version = store.get_model_version(MODEL, str(entry.version))
        store.delete_model_version(MODEL, str(version.version))
        whole = store.search_model_versions(
            f"name = '{MODEL}'", max_results=1, order_by=["version_number DESC"]
        )
        if CHALLENGER in version.aliases and whole:
            store.set_registered_model_alias(MODEL, CHALLENGER, str(whole[0].version))

"""The registered model `velo-ranker`: versions, aliases, and how a reference finds its folder.

MLflow keeps the names; the model itself is the run's artifact folder, found from the home and the
run's id and verified by its SHA-256, so nothing that MLflow names is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.record import mlflow_store
from velo.errors import InputError, ModelError
from velo.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL = "velo-ranker"
CHALLENGER = "challenger"
LABEL = "velo.label"
"""Tag of a version: the name that `velo train --version` gave it."""
A_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,49}")
RUN_ID = re.compile(r"[0-9a-f]{32}")
ALIASES = ("champion", CHALLENGER, "previous")
SAID = {"label": LABEL, "judged": "velo.judged", "promotion": "velo.promotion"}
"""What `aliases` tells of a version beside its verdict, and the tag that says it."""
ABOUT = (
    "The ranker of the racing model: LightGBM text and JSON, loaded by `velo` alone and checked "
    "against the SHA-256 in its tags. `challenger` is the latest trained, `champion` the one in "
    "use (paper trading), `previous` the champion before."
)


@dataclass(frozen=True)
class Registered:
    """Where a model lies and what it must hash to. `version` is None for an unregistered run."""

    folder: Path
    sha256: str
    run_id: str
    version: str | None
    tags: dict[str, str]


def register(
    store: MlflowClient,
    folder: Path,
    run_id: str,
    description: str,
    tags: Mapping[str, str],
    alias: str | None = CHALLENGER,
) -> str:
    """Make the run's model the next version, by default the challenger; returns its number.

    A version whose alias could not be set is deleted again.
    """
    from mlflow.exceptions import MlflowException

    try:
        store.create_registered_model(MODEL, description=ABOUT)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = store.create_model_version(
        MODEL,
        source=folder.as_uri(),
        run_id=run_id,
        tags=dict(tags),
        description=description,
        await_creation_for=0,
    )
    if alias is None:
        return str(made.version)
    try:
        store.set_registered_model_alias(MODEL, alias, str(made.version))
    except BaseException:
        store.delete_model_version(MODEL, str(made.version))
        raise
    return str(made.version)


def resolve(home: Home, reference: str) -> Registered:
    """Find a model by alias (`champion`, `challenger`, `previous`), version number, label or run.

    A label that was given twice means the newest version that bears it.

    Raises:
        ModelError: there is no such model, or its run did not finish.
    """
    store = mlflow_store.client(home)
    if RUN_ID.fullmatch(reference):
        return _of_run(store, home, reference)
    if reference in ALIASES or re.fullmatch(r"[0-9]{1,9}", reference):
        return _of_version(store, home, reference)
    if A_LABEL.fullmatch(reference):
        bearing = _newest(store, f"tags.`{LABEL}` = '{reference}'")
        if bearing is not None:
            return _of_version(store, home, bearing)
    raise ModelError(
        f"{reference!r} names no model; give {', '.join(ALIASES)}, a version number, a label or "
        "a run id"
    )


def resolve_version(home: Home, reference: str) -> Registered:
    """As `resolve`, but always a registered version: a run's own where a run is named.

    Raises:
        ModelError: as `resolve`; or the run has no version.
    """
    registered = resolve(home, reference)
    if registered.version is not None:
        return registered
    store = mlflow_store.client(home)
    version = _newest(store, f"run_id = '{registered.run_id}'")
    if version is None:
        raise ModelError(f"run {registered.run_id} is registered as no version; train again")
    return _of_version(store, home, version)


def check_label(label: str) -> str:
    """A label that no alias, version number or run id can be mistaken for, and a file can bear.

    Raises:
        InputError: it is none.
    """
    if A_LABEL.fullmatch(label) and label not in ALIASES and not RUN_ID.fullmatch(label):
        return label
    raise InputError(
        f"--version {label!r} cannot name a version: begin with a letter, go on with letters, "
        f"digits, dots and dashes, 50 signs at most, and none of {', '.join(ALIASES)}"
    )


def aliases(home: Home) -> dict[str, dict[str, str]]:
    """Which version each alias that is set points at, with its verdict; empty without a store."""
    if not (home.root / "mlflow.db").exists():
        return {}
    store = mlflow_store.client(home)
    versions = {alias: _version(store, alias) for alias in ALIASES}
    return {
        alias: {
            "version": str(version.version),
            "verdict": version.tags.get(mlflow_store.VERDICT, "unknown"),
            "run_id": str(version.run_id),
            "made": datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
            .date()
            .isoformat(),
            **{name: version.tags[tag] for name, tag in SAID.items() if tag in version.tags},
        }
        for alias, version in versions.items()
        if version is not None
    }


def _of_version(store: MlflowClient, home: Home, reference: str) -> Registered:
    version = _version(store, reference)
    if version is None:
        raise ModelError(f"there is no {_named(reference)}; {_what_there_is(store)}")
    run = _of_run(store, home, str(version.run_id))
    sha256 = version.tags.get(mlflow_store.SHA256, "")
    if sha256 != run.sha256:
        raise ModelError(
            f"version {version.version} and its run {version.run_id} disagree on the model's "
            "SHA-256; restore the home from a backup or train again"
        )
    return Registered(run.folder, sha256, run.run_id, str(version.version), dict(version.tags))


def _of_run(store: MlflowClient, home: Home, run_id: str) -> Registered:
    from mlflow.exceptions import MlflowException

    try:
        run = store.get_run(run_id)
    except MlflowException:
        raise ModelError(f"there is no run {run_id}; {_what_there_is(store)}") from None
    if run.info.status != "FINISHED":
        raise ModelError(f"run {run_id} is {run.info.status.lower()}, not finished; train again")
    sha256 = run.data.tags.get(mlflow_store.SHA256)
    if sha256 is None:
        raise ModelError(f"run {run_id} stored no model; train again")
    folder = mlflow_store.model_folder(home, run_id)
    return Registered(folder, sha256, run_id, None, dict(run.data.tags))


def _version(store: MlflowClient, reference: str) -> Any | None:
    from mlflow.exceptions import MlflowException

    try:
        if reference in ALIASES:
            return store.get_model_version_by_alias(MODEL, reference)
        return store.get_model_version(MODEL, reference)
    except MlflowException:
        return None


def _newest(store: MlflowClient, query: str) -> str | None:
    """The number of the newest version that a query finds."""
    versions = store.search_model_versions(
        f"name = '{MODEL}' and {query}", max_results=1, order_by=["version_number DESC"]
    )
    return str(versions[0].version) if versions else None


def _named(reference: str) -> str:
    return reference if reference in ALIASES else f"version {reference}"


def _what_there_is(store: MlflowClient) -> str:
    versions = store.search_model_versions(f"name = '{MODEL}'", max_results=5)
    if not versions:
        return "no model has been trained in this home yet; run `velo train`"
    latest = ", ".join(str(version.version) for version in versions)
    return f"the latest versions are {latest}; `velo train` makes a challenger"

"""The home's MLflow store: its client, its experiments and where a run's model lies.

The store is SQLite in the home with artifacts beside it; no server is needed and nothing leaves
the machine.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from training.record.opening import opening
from velo.disk.full_disk import is_full
from velo.errors import HomeError
from velo.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

NOTE = "mlflow.note.content"
"""MLflow's tag of a run's description, markdown."""
EXPERIMENT = "velo"
MODEL_FOLDER = "model"
VERDICT = "velo.verdict"
VERSION = "velo.version"
"""Tag of a run: the version that its model is registered as, which the run's page does not show."""
ABOUT = (
    "A run a training. Its name begins with the verdict; its description says why, against which "
    "market, on which data and how it stands beside the champion. Folds and trials lie below it."
)
KIND = {"mlflow.experimentKind": "custom_model_development", NOTE: ABOUT}
"""Without a kind MLflow opens the experiment on its page for language models."""
SHA256 = "velo.sha256"
LONGEST_TAG = 5000
PAGE = 1000
"""Runs that MLflow is asked for at once."""


def client(home: Home) -> MlflowClient:
    """The home's MLflow client, quiet and without telemetry; makes the store where it is not there.

    Raises:
        HomeError: the store cannot be opened.
        MlflowException: the disk is full.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ASYNC_LOGGING", "false")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SADeprecationWarning, SQLAlchemyError

    warnings.filterwarnings("ignore", category=SADeprecationWarning)
    for chatter in ("mlflow", "alembic"):
        logging.getLogger(chatter).setLevel(logging.ERROR)
    # It prints the traceback of what it raises.
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
    home.root.mkdir(parents=True, exist_ok=True)
    try:
        with opening(home):
            return MlflowClient(home.tracking_uri, home.tracking_uri)
    except (MlflowException, SQLAlchemyError) as error:
        if is_full(error):
            raise
        raise HomeError(
            f"{home.root / 'mlflow.db'} cannot be opened: {first_line(error)}; "
            "restore it from a backup"
        ) from None


def experiment_id(
    store: MlflowClient, home: Home, name: str = EXPERIMENT, tags: Mapping[str, str] = KIND
) -> str:
    """The experiment of a name, made with its artifacts in the home where it is not there yet.

    Raises:
        HomeError: the store was made for a home elsewhere and would write there.
    """
    with opening(home):
        experiment = store.get_experiment_by_name(name)
        if experiment is None:
            home.artifacts.mkdir(parents=True, exist_ok=True)
            place = home.artifacts.as_uri()
            return str(store.create_experiment(name, place, dict(tags)))
    if experiment.artifact_location != home.artifacts.as_uri():
        raise HomeError(
            f"{home.root / 'mlflow.db'} was made for {experiment.artifact_location}; move the home "
            "back, or bring it over with `velo backup` and `velo restore`"
        )
    return str(experiment.experiment_id)


def model_folder(home: Home, run_id: str) -> Path:
    """The folder of a run's model."""
    return home.artifacts / run_id / "artifacts" / MODEL_FOLDER


def every_run(
    store: MlflowClient, experiment: str, query: str = "", deleted: bool = False
) -> Iterator[Run]:
    """Every run of an experiment that a query matches, however many, the newest first.

    Args:
        store: the client of the home.
        experiment: its id.
        query: in MLflow's language for filters; an empty one matches every run.
        deleted: whether deleted runs count too.
    """
    from mlflow.entities import ViewType

    view = ViewType.ALL if deleted else ViewType.ACTIVE_ONLY
    token = None
    while True:
        page = store.search_runs([experiment], query, view, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def first_line(error: BaseException | None) -> str:
    """What an error says in its first line, or what it is."""
    return (str(error).splitlines() or [type(error).__name__])[0]

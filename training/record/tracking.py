"""Runs in MLflow: everything that repeats or explains a training run, in the home's own store.

The store is SQLite in the home with artifacts beside it; no server is needed and nothing leaves
the machine. A run is written through one `Recorder`; its model becomes a registered version only
when the whole run came through.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from training.judging.gate import Verdict
from training.model import artifact
from training.record import abandoned, machine
from training.record.batches import curves, known, log_metrics, log_params
from training.record.nested import PARENT, STUDY, TRIAL, Nested, of_trial
from training.record.opening import opening
from training.record.process import PROCESS, this_process
from training.record.review import NOTE, gate_columns, gate_page, gate_tags
from velo.disk.full_disk import is_full
from velo.disk.whole_file import write_whole
from velo.errors import HomeError
from velo.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput

    from training.search.study import Trial

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
            f"{home.root / 'mlflow.db'} cannot be opened: {_first_line(error)}; "
            "restore it from a backup"
        ) from None


@dataclass
class Recorder:
    """One MLflow run, from start to verdict.

    Use as a context manager. When the block ends well, the model that `enrol` put forward is
    registered and the run is FINISHED; when it raises, the run is FAILED and no version exists;
    when it is interrupted by the user, the run and its files are taken away again.

    Attributes after entry: `run_id`, and `version` once the block has ended with a model enrolled.
    """

    home: Home
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    run_id: str = field(default="", init=False)
    version: str | None = field(default=None, init=False)
    _nested: list[str] = field(default_factory=list, init=False)
    _enrolled: tuple[str, dict[str, str], str | None] | None = field(default=None, init=False)

    def __enter__(self) -> Recorder:
        self._client = client(self.home)
        self._experiment = experiment_id(self._client, self.home)
        abandoned.close(self._client, self._experiment, self.home)
        tags = _cut({**self.tags, PROCESS: this_process(self.home)})
        run = self._client.create_run(self._experiment, run_name=self.name, tags=tags)
        self.run_id = run.info.run_id
        self._monitor = machine.watch(self.home, self.run_id)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._monitor.finish()
        if kind is None:
            self._finish()
        elif issubclass(kind, KeyboardInterrupt):
            self._client.set_terminated(self.run_id, "KILLED")
            for run_id in (*self._nested, self.run_id):
                self._client.delete_run(run_id)
            shutil.rmtree(self.home.artifacts / self.run_id, ignore_errors=True)
        else:
            self._client.set_tag(self.run_id, "velo.error", _first_line(error)[:LONGEST_TAG])
            self._client.set_terminated(self.run_id, "FAILED")

    def params(self, values: Mapping[str, Any]) -> None:
        """Record settings; sections become `section.name`, long values are cut at 6,000 signs."""
        log_params(self._client, self.run_id, values)

    def metrics(self, values: Mapping[str, float | None], step: int = 0) -> None:
        """Record figures; those that are None or not finite are left out, never made a number."""
        log_metrics(self._client, self.run_id, known(values, step, time.time()))

    def fold(self, number: int, values: Mapping[str, float | None]) -> None:
        """Record one fold's figures as `fold_<name>`, the fold's number as the step."""
        self.metrics({f"fold_{name}": value for name, value in values.items()}, step=number)

    def nested(self, part: Nested) -> None:
        """Record a part of this run that has ended as a run below it."""
        tags = {**part.tags, PARENT: self.run_id, PROCESS: this_process(self.home)}
        run = self._client.create_run(
            self._experiment, round(part.began * 1000), _cut(tags), part.name
        )
        self._nested.append(run.info.run_id)
        log_params(self._client, run.info.run_id, part.params)
        figures = known(part.metrics, 0, part.ended) + curves(part.curves, part.ended)
        log_metrics(self._client, run.info.run_id, figures)
        self._client.set_terminated(run.info.run_id, "FINISHED", round(part.ended * 1000))

    def trial(self, study: str, trial: Trial) -> None:
        """Record a trial below this run, once in all.

        One that an earlier run recorded stays there, unless that run failed.
        """
        part = of_trial(study, trial)
        query = f"tags.`{STUDY}` = '{study}' AND tags.`{TRIAL}` = '{part.tags[TRIAL]}'"
        for run in self._client.search_runs([self._experiment], query):
            if self._client.get_run(run.data.tags[PARENT]).info.status == "FAILED":
                self._client.set_tag(run.info.run_id, PARENT, self.run_id)
                self._nested.append(run.info.run_id)
            return
        self.nested(part)

    def inputs(self, datasets: Sequence[DatasetInput]) -> None:
        """Say what was read, in MLflow's own form."""
        self._client.log_inputs(self.run_id, list(datasets))

    def tag(self, values: Mapping[str, str]) -> None:
        """Set tags; long values are cut at 5,000 signs."""
        for name, value in _cut(values).items():
            self._client.set_tag(self.run_id, name, value)

    def look(self, first: date, last: date) -> int:
        """Declare that this run is about to look at the holdout, and count the earlier looks.

        Call it before the first holdout figure is made: a run that fails afterwards has looked.

        Args:
            first, last: first and last day of the holdout.

        Returns:
            The number of earlier looks at any of these days (`training.looks`).
        """
        from training.record import looks

        earlier = looks.earlier_looks(
            self.home, first, last, looks.Look(self.run_id, looks.OWN, first, last)
        )
        self.tag({looks.LOOK_FROM: first.isoformat(), looks.LOOK_TO: last.isoformat()})
        return earlier

    def verdict(self, verdict: Verdict) -> None:
        """Record the gate as JSON, as a page and as a table, and each criterion as a tag."""
        self.document("gate.json", verdict.to_dict())
        self._client.log_text(self.run_id, gate_page(verdict), "gate.md")
        self._client.log_table(self.run_id, gate_columns(verdict), "gate_table.json")
        self.tag({VERDICT: "passed" if verdict.promoted else "refused", **gate_tags(verdict)})
        self.tag({"velo.verdict.words": verdict.words})
        if verdict.alarms:
            self.tag({"velo.alarms": "; ".join(verdict.alarms)})

    def document(self, name: str, content: Mapping[str, Any] | list[Any]) -> None:
        """Store plain JSON as the run's artifact `name`; NaN is refused."""
        text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
        self._client.log_text(self.run_id, text + "\n", name)

    def text(self, name: str, content: str) -> None:
        """Store a text as the run's artifact `name`; an empty one is not stored."""
        if content:
            self._client.log_text(self.run_id, content, name)

    def plots(self, images: Mapping[str, bytes]) -> None:
        """Store images under `plots/`, by file name."""
        self.files("plots", images)

    def files(self, folder: str, contents: Mapping[str, bytes]) -> None:
        """Store files as the run's artifacts in a folder, by their paths in it."""
        place = self.home.artifacts / self.run_id / "artifacts" / folder
        for name, content in contents.items():
            write_whole(place / name, content)

    @property
    def model_folder(self) -> Path:
        """Where `artifact.save` puts this run's model."""
        return model_folder(self.home, self.run_id)

    def enrol(
        self,
        sha256: str,
        description: str,
        tags: Mapping[str, str] | None = None,
        alias: str | None = "challenger",
    ) -> None:
        """Put the saved model forward; it is registered when the run has come through.

        Args:
            sha256: what `artifact.save` returned for `model_folder`.
            description: for a person who reads the registry.
            tags: verdict, price kinds and the like.
            alias: moved to the version; None moves none.

        Raises:
            ModelError: the model folder does not hold that model.
        """
        artifact.load(self.model_folder, sha256)
        self._enrolled = (
            description,
            {**_cut(tags or {}), SHA256: sha256, "velo.run_id": self.run_id},
            alias,
        )
        self.tag({SHA256: sha256})

    def _finish(self) -> None:
        from training.record import registry

        try:
            if self._enrolled is not None:
                description, tags, alias = self._enrolled
                self.version = registry.register(
                    self._client, self.model_folder, self.run_id, description, tags, alias
                )
        except BaseException:
            self._client.set_terminated(self.run_id, "FAILED")
            raise
        if self.version is not None:
            self.tag({VERSION: self.version})
        self._client.set_terminated(self.run_id, "FINISHED")


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


def pages(store: MlflowClient, experiment: str, query: str, view: int) -> Iterator[Any]:
    """Every run that a query finds, page after page; `view` is MLflow's `ViewType`."""
    token = None
    while True:
        page = store.search_runs([experiment], query, view, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _cut(tags: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_TAG] for name, value in tags.items()}


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

"""Runs in MLflow: everything that repeats or explains a training run, in the home's own store.

A run is written through one `Recorder`; its model becomes a registered version only when the whole
run came through.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from training.judging.gate import Verdict
from training.model import artifact
from training.record import abandoned, looks, machine, registry
from training.record.mlflow_store import (
    LONGEST_TAG,
    SHA256,
    VERDICT,
    VERSION,
    client,
    every_run,
    experiment_id,
    first_line,
    model_folder,
)
from training.record.nested import PARENT, STUDY, TRIAL, Nested, of_trial
from training.record.process import PROCESS, this_process
from training.record.review import gate_columns, gate_page, gate_tags
from training.record.run_log import curves, known, log_metrics, log_params
from training.record.trial import Trial
from velo.disk.whole_file import write_whole
from velo.home import Home

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput


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
        self._monitor.finish()  # type: ignore[no-untyped-call]  # MLflow's is untyped
        if kind is None:
            self._finish()
        elif issubclass(kind, KeyboardInterrupt):
            self._client.set_terminated(self.run_id, "KILLED")
            for run_id in (*self._nested, self.run_id):
                self._client.delete_run(run_id)
            shutil.rmtree(self.home.artifacts / self.run_id, ignore_errors=True)
        else:
            self._client.set_tag(self.run_id, "velo.error", first_line(error)[:LONGEST_TAG])
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
        for run in every_run(self._client, self._experiment, query):
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
            The number of earlier looks at any of these days (`training/record/looks.py`).
        """
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


def _cut(tags: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_TAG] for name, value in tags.items()}

"""Where a page goes: the home's reports, and its run in the home's own MLflow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from training.record import mlflow_store
from velo.errors import HomeError
from velo.home import Home
from velo.report.publish import publish


def test_a_page_becomes_its_runs_artifact_but_never_in_the_home_that_this_one_is_copied_of(
    home: Home, tmp_path: Path
) -> None:
    store = mlflow_store.client(home)
    run_id = store.create_run(mlflow_store.experiment_id(store, home)).info.run_id
    publish(home, "report_1", {"races": 3}, "<p>first</p>", run_id)
    artifact = home.artifacts / run_id / "artifacts" / "report.html"
    assert artifact.read_text(encoding="utf-8") == "<p>first</p>"

    shutil.copytree(home.root, tmp_path / "copied")
    copied = Home(tmp_path / "copied")
    with pytest.raises(HomeError, match=r"was made for .*velo restore"):
        publish(copied, "report_1", {"races": 4}, "<p>second</p>", run_id)
    assert artifact.read_text(encoding="utf-8") == "<p>first</p>"
    assert (copied.reports / "report_1.html").read_text(encoding="utf-8") == "<p>first</p>"

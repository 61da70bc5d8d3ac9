"""What stands in `examples` works as it is: a family, a strategy, a notebook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtest.python_strategy import codes
from training.data.dataset import Dataset, assemble
from velo.home import Home
from velo.offline.build import build
from velo.offline.spine import Spine
from velo.offline.tables import FEATURE_REPO
from velo.settings import Settings, Store, Training, load
from velo.store.registration import apply
from velo.synth.world import write_world
from velo.warehouse.ingest import ingest

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NOTEBOOK = EXAMPLES / "results_to_verdict.ipynb"
SETTINGS = Settings(
    training=Training(
        history_days=120, folds=2, holdout_days=60, bootstrap_draws=100, service="with_stamina"
    ),
    store=Store(memory_limit="2GB", threads=2),
)


@pytest.fixture(scope="module")
def with_stamina(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The rows that a training on the example's service reads, of a little world."""
    folder = tmp_path_factory.mktemp("stamina")
    repo = folder / "feature_repo"
    shutil.copytree(FEATURE_REPO, repo, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(EXAMPLES / "family" / "stamina.py", repo)
    shutil.copy(EXAMPLES / "family" / "tables" / "horse_distance.sql", repo / "tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(folder / "home"))
        home = Home.current()
        write_world(8_000, 5, 0.9, folder / "world.csv")
        ingest(home, SETTINGS.store, folder / "world.csv")
        build(home, SETTINGS, repo=repo)
        apply(repo)
        yield assemble(home, SETTINGS)


@pytest.mark.slow
def test_the_family_is_what_a_model_sees_last(with_stamina: Dataset) -> None:
    assert with_stamina.features[-1] == "distance_iv"
    assert len(with_stamina.features) == 22


@pytest.mark.slow
def test_the_familys_feature_is_the_horses_record_before_the_day(with_stamina: Dataset) -> None:
    """Counted again from the starts, one horse after the other."""
    spine = Spine(Home.current())
    starts = (
        spine.connect()
        .execute(
            "SELECT race_id, horse_id, distance_band, outcomes.event_timestamp AS day, "
            "win_share AS wins, 1.0 / outcomes.field_size AS expected "
            f"FROM {spine.outcomes} AS outcomes "
            f"JOIN {spine.entries} AS entries USING (race_id, horse_id)"
        )
        .df()
    )
    rows = with_stamina.rows(slice(-500, None)).merge(starts, on=["race_id", "horse_id"])
    strength = with_stamina.priors.horse_k
    wanted = []
    for row in rows.itertuples():
        record = starts[
            (starts["horse_id"] == row.horse_id)
            & (starts["distance_band"] == row.distance_band)
            & (starts["day"] < row.day)
        ]
        wins, expected = record["wins"].sum(), record["expected"].sum()
        wanted.append((wins + strength) / (expected + strength))
    assert len(rows) == 500
    assert len(set(wanted)) > 100
    np.testing.assert_allclose(rows["distance_iv"], wanted, rtol=1e-11)


def test_the_strategies_are_ones_that_a_project_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (EXAMPLES / "strategy").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "var"))
    declared = load().strategies
    careful = declared["careful"]
    assert (careful.odds_low, careful.min_edge, careful.stake.plan) == (6.0, 0.1, "kelly")
    chosen = codes(declared, tmp_path)["outsiders"].kind()
    race = pd.DataFrame({"decision_odds": [1.5, 9.0, 10.0], "value": [0.1, -0.1, 0.2]})
    assert list(chosen.backs(race)) == [False, False, True]
    assert not any(chosen.backs(race.assign(decision_odds=[2.5, 9.0, 10.0])))


def test_the_notebook_is_kept_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)


@pytest.mark.slow
def test_the_notebook_runs_from_results_to_a_verdict(tmp_path: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / "notebook.py"
    script.write_text("\n".join(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={
            **os.environ,
            "VELO_NOTEBOOK_HOME": str(tmp_path),
            "VELO_NOTEBOOK_RUNNERS": "12000",
            "VELO_TRAINING__BOOTSTRAP_DRAWS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Refused: " in done.stdout
    assert list((tmp_path / "reports").glob("report_*.html"))

"""What is not in the data stays out of model and gate; what was chosen on the days is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.training.judged_worlds import SETTINGS, built, home_at
from training.promotion.recorded_run import RecordedRun
from training.promotion.refit import refit
from training.record.mlflow_store import client
from training.record.registry import resolve
from training.run import train
from training.scoring import score_period, stored_model
from velo.offline.build import build
from velo.offline.tables import FEATURE_REPO
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow

FEATURE, NEED = "sire_surface_vs_price", "sire"


def chosen_by_results(folder: Path) -> Path:
    """A copy of the feature repo whose service of prices was put together by looking at 2016."""
    repo = folder / "feature_repo"
    shutil.copytree(FEATURE_REPO, repo, ignore=shutil.ignore_patterns("__pycache__"))
    services = (repo / "services.py").read_text(encoding="utf-8")
    described = 'description="Against past prices alone'
    assert described in services
    tags = 'tags=discovered_on(("GB", "2016-01-01", "2016-12-31")),'
    services = services.replace(described, f"{tags}\n    {described}")
    services = services.replace(
        "from feast", "from discovery_days import discovered_on\nfrom feast", 1
    )
    (repo / "services.py").write_text(services, encoding="utf-8")
    return repo


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """A home of a small world that does not say who a horse's sire is."""
    with home_at(tmp_path_factory.mktemp("without")) as here:
        built(here, 20_000, 0.85, 7, chosen_by_results(here.root))
        with warehouse(here, SETTINGS.store, write=True) as con:
            con.execute("UPDATE runners SET sire = NULL")
        build(here, SETTINGS, repo=here.root / "feature_repo", full=True)
        yield here


def test_a_feature_of_an_unmet_need_is_in_no_model_and_no_gate(home) -> None:
    training = SETTINGS.training.model_copy(update={"service": "velo_prices_v1"})
    done = train(home, SETTINGS.model_copy(update={"training": training}))
    assert done.report.data.unmet_needs == {FEATURE: NEED}
    assert done.to_dict()["unmet_needs"] == {FEATURE: NEED}
    assert FEATURE not in done.report.nulls
    (dead,) = (each for each in done.verdict.criteria if each.name == "dead_features")
    assert dead.holds
    kept = stored_model(home, done.version)
    assert kept.card.unmet_needs == {FEATURE: NEED}
    assert FEATURE not in kept.model.fundamental.features
    assert json.loads((kept.registered.folder / "model.json").read_text())["unmet_needs"]
    tags = client(home).get_run(done.run_id).data.tags
    assert tags["velo.unmet_needs"] == f"{FEATURE} ({NEED})"
    (walk,) = done.report.data.discovery
    assert walk.judges == "walk"
    assert 0 < walk.chosen_on < walk.races
    assert done.to_dict()["discovery"][0]["words"] == tags["velo.discovery"]
    metrics = client(home).get_run(done.run_id).data.metrics
    assert metrics["chosen_on_share_walk"] == pytest.approx(walk.chosen_on / walk.races)
    assert len(score_period(home, kept, *done.report.holdout_days).predictions) > 0

    longer = refit(home, RecordedRun.of(home, kept.registered), lambda stage: None)
    assert stored_model(home, longer.version).card.unmet_needs == {FEATURE: NEED}
    assert resolve(home, longer.version).sha256 != kept.registered.sha256

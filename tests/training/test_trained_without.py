"""A feature that is not in the data stays out of model and gate, and everything says so."""

from __future__ import annotations

import json

import pytest

from tests.training.judged_worlds import SETTINGS, built, home_at
from training.promotion.recorded_run import RecordedRun
from training.promotion.refit import refit
from training.record.mlflow_store import client
from training.record.registry import resolve
from training.run import train
from training.scoring import score_period, stored_model
from velo.offline.build import build
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow

FEATURE, NEED = "sire_surface_vs_price", "sire"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """A home of a small world that does not say who a horse's sire is."""
    with home_at(tmp_path_factory.mktemp("without")) as here:
        built(here, 20_000, 0.85, 7)
        with warehouse(here, SETTINGS.store, write=True) as con:
            con.execute("UPDATE runners SET sire = NULL")
        build(here, SETTINGS, full=True)
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
    assert len(score_period(home, kept, *done.report.holdout_days).predictions) > 0

    longer = refit(home, RecordedRun.of(home, kept.registered), lambda stage: None)
    assert stored_model(home, longer.version).card.unmet_needs == {FEATURE: NEED}
    assert resolve(home, longer.version).sha256 != kept.registered.sha256

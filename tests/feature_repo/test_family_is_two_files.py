"""A family is one SQL file, one module and its name in a service: all the rest picks it up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.feature_repo.one_family_more import one_family_more
from tests.oracle.features import FEATURES
from training.data.dataset import assemble
from training.run import Trained, train
from training.scoring import stored_model
from velo.audit.audit import audit
from velo.audit.differences import Audit
from velo.home import Home
from velo.offline.build import Build, build
from velo.offline.page import page
from velo.settings import Ranker, Settings, Store, Training, Windows
from velo.store.registration import apply
from velo.synth.world import write_world
from velo.warehouse.ingest import ingest

pytestmark = pytest.mark.slow

SQL = """\
-- A horse's career starts and places (the first three) on a surface.
WITH days AS (
    SELECT horse_id, surface, known, count(*) AS starts,
        count(CASE WHEN finish <= 3 THEN 1 END) AS places
    FROM starts
    WHERE surface IS NOT NULL
    GROUP BY horse_id, surface, known
)
SELECT
    horse_id, surface, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(starts) OVER career AS BIGINT) AS surface_starts,
    CAST(sum(places) OVER career AS BIGINT) AS surface_places
FROM days
WINDOW career AS (PARTITION BY horse_id, surface ORDER BY known ROWS UNBOUNDED PRECEDING)
"""

MODULE = '''\
"""Footing: how a horse did on today's surface."""

import pandas as pd
from entities import horse, surface
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64, String
from sources import LASTING, offline_table

horse_surface = FeatureView(
    name="horse_surface",
    entities=[horse, surface],
    ttl=LASTING,
    source=offline_table("horse_surface"),
    schema=[
        Field(name="surface_starts", dtype=Int64),
        Field(name="surface_places", dtype=Int64),
    ],
)


@on_demand_feature_view(
    name="footing",
    sources=[horse_surface],
    schema=[
        Field(
            name="place_rate",
            dtype=Float64,
            description="Share of the horse's starts on the surface that it ended placed.",
            tags={"unit": "places a start", "missing_when": "not (surface_starts > 0)"},
        ),
        Field(
            name="at_home",
            dtype=Float64,
            description="Whether it ran on the surface before.",
            tags={"unit": "0 or 1", "cold_when": "not (surface_starts > 0)"},
        ),
        Field(
            name="used_to_it",
            dtype=String,
            description="How used the horse is to the surface.",
            tags={"unit": "hardly or well", "missing_when": "not (surface_starts > 0)"},
        ),
    ],
    mode="pandas",
    description="Footing: how a horse did on today's surface",
)
def footing(counts: pd.DataFrame) -> pd.DataFrame:
    starts = counts["surface_starts"].astype("float64")
    return pd.DataFrame(
        {
            "place_rate": counts["surface_places"].astype("float64") / starts.where(starts > 0),
            "at_home": (starts > 0) * 1.0,
            "used_to_it": starts.map({1.0: "hardly", 2.0: "hardly"})
            .fillna("well")
            .where(starts > 0, None),
        },
        index=counts.index,
    )
'''

OWN = ("place_rate", "at_home", "used_to_it")
SETTINGS = Settings(
    training=Training(history_days=120, folds=2, holdout_days=60, bootstrap_draws=100),
    ranker=Ranker(rounds=20, early_stopping=5, threads=2),
    store=Store(memory_limit="2GB", threads=2),
)


@dataclass(frozen=True)
class Footed:
    """A home that was taken the whole way with the added family."""

    home: Home
    repo: Path
    built: Build
    trained: Trained
    audited: Audit


@pytest.fixture(scope="module")
def footed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The copied repo, changed in two new files and one service; then every command in turn."""
    folder = tmp_path_factory.mktemp("footing")
    repo = one_family_more(folder, "footing", MODULE, "horse_surface", SQL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(folder / "home"))
        home = Home.current()
        write_world(12_000, 5, 0.9, folder / "world.csv")
        ingest(home, SETTINGS.store, folder / "world.csv")
        built = build(home, SETTINGS, repo=repo)
        apply(repo)
        trained = train(home, SETTINGS)
        audited = audit(home, SETTINGS, cuts=1, sample=10, repo=repo)
        yield Footed(home, repo, built, trained, audited)


def test_the_build_writes_its_table_and_says_what_is_missing(footed: Footed) -> None:
    (table,) = [each for each in footed.built.tables if each.table == "horse_surface"]
    assert table.rows > 0
    assert table.cold is not None
    assert 0 < table.cold < 1


def test_another_build_renews_its_table_too(footed: Footed) -> None:
    again = build(footed.home, SETTINGS, repo=footed.repo)
    assert again.built_on == footed.built.number
    assert [t.rows for t in again.tables] == [t.rows for t in footed.built.tables]


def test_the_page_describes_it(footed: Footed) -> None:
    text = page(footed.repo, Windows())
    assert "### 5. `footing`" in text
    assert "24 features in 5 families" in text
    assert "A horse's career starts and places (the first three) on a surface." in text


def test_its_features_are_retrieved_after_the_others_and_its_nulls_are_counted(
    footed: Footed,
) -> None:
    data = assemble(footed.home, SETTINGS)
    assert data.features == (*FEATURES, *OWN)
    assert data.families["footing"] == OWN
    rate, home, used = (data.nulls[name] for name in OWN)
    assert (rate.unexplained, rate.structural > 0, rate.cold_start) == (0, True, 0)
    assert (home.unexplained, home.structural, home.cold_start) == (0, 0, rate.structural)
    assert (used.unexplained, used.structural, used.constant) == (0, rate.structural, False)
    assert data.frame["place_rate"].between(0, 1).mean() > 0.2


def test_a_feature_of_text_is_a_category_of_the_model(footed: Footed) -> None:
    data = assemble(footed.home, SETTINGS)
    assert data.inputs.categories == {"used_to_it": ("hardly", "well")}
    stored = stored_model(footed.home, footed.trained.version)
    assert stored.model.fundamental.inputs == data.inputs
    assert stored.model.predict(data.frame)["p_model"].between(0, 1).all()


def test_training_and_its_report_know_it(footed: Footed) -> None:
    report = json.loads(json.dumps(footed.trained.report.to_dict()))
    assert set(OWN) <= set(report["nulls"])
    assert set(OWN) <= set(report["importance"])
    assert any("footing" in json.dumps(part) for part in report["verdict"].values())


def test_the_audit_looks_at_it_and_finds_no_leak(footed: Footed) -> None:
    assert footed.audited.differences == []
    looked_at = {each.view for each in footed.audited.compared}
    assert "horse_surface" in looked_at

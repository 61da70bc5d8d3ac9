"""Small synthetic worlds taken the whole way to a verdict, each in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.feature_repo.one_family_more import one_family_more
from training.run import Trained, train
from velo.home import Home
from velo.offline.build import build
from velo.offline.tables import FEATURE_REPO
from velo.settings import Gate, Ranker, Settings, Store, Training
from velo.store.registration import apply
from velo.synth.world import write_world
from velo.warehouse.ingest import ingest

SETTINGS = Settings(
    training=Training(folds=3, holdout_days=180, bootstrap_draws=400),
    ranker=Ranker(rounds=150, early_stopping=20, threads=2),
    store=Store(memory_limit="2GB", threads=2),
    gate=Gate(training_rows=10_000),
)
"""As the defaults but for size: the worlds are too small for 50,000 training rows."""

LEAK_SQL = """\
-- Where a horse finished, known a day too early: on the morning of the race.
SELECT
    horse_id, CAST(known AS TIMESTAMPTZ) - INTERVAL 1 DAY AS event_timestamp,
    CAST(min(finish) AS DOUBLE) AS leaked_finish
FROM starts
GROUP BY horse_id, known
"""

LEAK_MODULE = '''\
"""Hindsight: the finishing position of the race itself, by a timestamp that is a day early."""

import pandas as pd
from entities import horse
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from sources import LASTING, offline_table

horse_hindsight = FeatureView(
    name="horse_hindsight",
    entities=[horse],
    ttl=LASTING,
    source=offline_table("horse_hindsight"),
    schema=[Field(name="leaked_finish", dtype=Float64)],
)


@on_demand_feature_view(
    name="hindsight",
    sources=[horse_hindsight],
    schema=[
        Field(
            name="last_finish",
            dtype=Float64,
            description="Finishing position of the last start.",
            tags={"unit": "position", "missing_when": "leaked_finish.isna()"},
        )
    ],
    mode="pandas",
    description="Hindsight: where the horse finished last, it says",
)
def hindsight(facts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"last_finish": facts["leaked_finish"].astype("float64")})
'''


@contextmanager
def home_at(root: Path) -> Iterator[Home]:
    """A home that is in force within the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(root))
        yield Home.current()


def built(home: Home, runners: int, edge: float, seed: int, repo: Path = FEATURE_REPO) -> None:
    """Write a world, ingest and build it, and apply the declarations of a feature repo."""
    world = home.root / "world.csv"
    write_world(runners, seed, edge, world)
    ingest(home, SETTINGS.store, world)
    build(home, SETTINGS, repo=repo)
    apply(repo)


def trained(root: Path, runners: int, edge: float, seed: int) -> Trained:
    """Train on a new world."""
    with home_at(root) as home:
        built(home, runners, edge, seed)
        return train(home, SETTINGS)


def leaky_repo(folder: Path) -> Path:
    """A copy of the feature repo with one family more, which knows the race's own finish."""
    return one_family_more(folder, "hindsight", LEAK_MODULE, "horse_hindsight", LEAK_SQL)

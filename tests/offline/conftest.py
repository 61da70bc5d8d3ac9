"""One little world and one applied home for all tests of the room; building it costs seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.offline import built_world
from tests.offline.built_world import Features
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from training.dataset import feature_store
from velo.home import Home
from velo.store.registration import apply


@dataclass(frozen=True)
class LittleWorld:
    """Starts, and what the oracle makes of them."""

    starts: list[Start]
    features: Features


@dataclass(frozen=True)
class Applied:
    """A home with the declarations applied; each test records its own world in it."""

    home: Home
    store: Any

    def features_of(self, starts: list[Start], **how: Any) -> Features:
        """Record, build and retrieve."""
        built_world.record(self.home, starts)
        return self.rebuilt(starts, **how)

    def rebuilt(self, starts: list[Start], **how: Any) -> Features:
        """Build and retrieve from the warehouse as it stands."""
        built_world.build_tables(self.home, **how)
        return built_world.retrieved_features(self.home, self.store, starts)


@pytest.fixture(scope="session")
def little_world() -> LittleWorld:
    starts = random_starts(seed=5, races=220)
    return LittleWorld(starts, built_world.oracle_features(starts))


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Applied:
    with pytest.MonkeyPatch.context() as patch:
        # An apostrophe and a space: a folder may be called so.
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("applied") / "o'brien home"))
        home = Home.current()
        built_world.record(home, random_starts(seed=1, races=20))
        built_world.build_tables(home)
        apply()
        store = feature_store()
        assert [service.name for service in store.list_feature_services()]
    return Applied(home, store)

"""A home with a champion, of which the last days are still to come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.replayed import PROMOTABLE, World, copied, lived
from training.promotion.promote import promote


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Twenty thousand runners, trained for a gate that asks little, and promoted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("served") / "home"))
        made = lived(tmp_path_factory.mktemp("files"), 3, PROMOTABLE, seed=8)
        done = promote(made.home, "1")
        assert done.promoted, done.words()
        return made


@pytest.fixture(scope="module")
def world(trained: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same in a home of the module's own, in force while its tests run."""
    world = copied(trained, tmp_path_factory.mktemp("served"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(world.home.root))
        yield world

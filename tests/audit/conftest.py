"""The applied home with the little world in its warehouse, in force while a module's tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.offline.built_world import Applied, LittleWorld, record


@pytest.fixture(scope="module")
def recorded(applied: Applied, little_world: LittleWorld) -> Iterator[Applied]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(applied.home.root))
        record(applied.home, little_world.starts)
        yield applied

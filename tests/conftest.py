"""What every room's tests stand on: a fresh home, one applied home, rules without a deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from velo.cores import wait_passively
from velo.home import Home

if TYPE_CHECKING:
    from tests.offline.built_world import Applied, LittleWorld

wait_passively()
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Of a test with the mark `few(n)` the first n cases run by default; the others are slow."""
    cases: Counter[str] = Counter()
    for item in items:
        mark = item.get_closest_marker("few")
        if mark is not None:
            name = item.nodeid.partition("[")[0]
            cases[name] += 1
            if cases[name] > mark.args[0]:
                item.add_marker(pytest.mark.slow)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of this test's own, in force while it runs."""
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "home"))
    return Home.current()


@pytest.fixture(scope="session")
def little_world() -> LittleWorld:
    """The oracle's nasty little world, with the oracle's features of it."""
    from tests.offline.built_world import LittleWorld

    return LittleWorld.of(seed=5, races=180)


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Applied:
    """A home with the declarations applied, in which each test records its own world."""
    from tests.offline.built_world import Applied

    with pytest.MonkeyPatch.context() as patch:
        # A folder may be called so.
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("applied") / "o'brien home"))
        return Applied.to(Home.current())

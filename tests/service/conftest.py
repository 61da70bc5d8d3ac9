"""A home with a champion, of which the last days are still to come."""

from __future__ import annotations

import pytest

from tests.live.replayed import World, lived
from training.record import tracking
from training.record.registry import MODEL


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Twenty thousand runners, trained; the challenger is made champion whatever the gate says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("served") / "home"))
        made = lived(tmp_path_factory.mktemp("files"), 3)
        tracking.client(made.home).set_registered_model_alias(MODEL, "champion", "1")
        return made


@pytest.fixture
def world(trained: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, its home in force while a test runs."""
    monkeypatch.setenv("VELO_HOME", str(trained.home.root))
    return trained

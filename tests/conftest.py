"""What every room's tests stand on: a fresh home, and properties without a deadline."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from velo.home import Home

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of this test's own, in force while it runs."""
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "home"))
    return Home.current()

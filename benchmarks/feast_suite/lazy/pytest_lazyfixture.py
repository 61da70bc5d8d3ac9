"""The one call of the package of this name that Feast's tests make, for a pytest that it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Lazy:
    """A parameter that stands for what a fixture gives."""

    fixture: str


def lazy_fixture(name: str) -> Lazy:
    """The parameter."""
    return Lazy(name)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Put the fixture's value in the parameter's place."""
    given = getattr(request, "param", None)
    if isinstance(given, Lazy):
        request.param = request.getfixturevalue(given.fixture)

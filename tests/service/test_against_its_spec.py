"""Every answer is one that the service's own OpenAPI page announces, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.live.replayed import World
from tests.service.asking import asked, at_eight, served
from velo.home import Home

TOKEN = "a-secret-of-some-length"
NOT_ASKED = [not_a_server_error, positive_data_acceptance]
"""A home that is not ready answers 503, and no schema knows which horses run; 500 is announced
nowhere, so none may come."""
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def empty(home: Home) -> Iterator[Any]:
    """A service on a home without anything, where nearly every answer is a refusal."""
    with served(home, at_eight(date(2026, 5, 2)), TOKEN) as app:
        yield schemathesis.openapi.from_asgi("/openapi.json", app, headers=BEARER)


@pytest.fixture
def whole(world: World) -> Iterator[Any]:
    """A service on a home with a champion and a card, at 8 in the morning."""
    day = sorted(world.days)[-1]
    with served(world.home, at_eight(day), TOKEN) as app:
        card, media = world.card(day).read_bytes(), {"content-type": "text/csv"}
        answer = asked(
            app, lambda client: client.post("/cards", content=card, headers=media), **BEARER
        )
        assert answer.status_code == 200
        yield schemathesis.openapi.from_asgi("/openapi.json", app, headers=BEARER)


def asked_everything(schema: Any, examples: int) -> list[str]:
    """Ask every operation so many things; the operations that were asked."""
    names = []
    for each in schema.get_all_operations():
        operation = each.ok()

        @hypothesis.given(case=operation.as_strategy())
        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        def answers_as_announced(case: Any) -> None:
            case.call_and_validate(headers=BEARER, excluded_checks=NOT_ASKED)

        answers_as_announced()
        names.append(operation.label)
    return names


def test_a_home_without_anything_refuses_as_announced(empty: Any) -> None:
    assert len(asked_everything(empty, 5)) == 8


@pytest.mark.slow
def test_a_home_with_a_champion_answers_as_announced(whole: Any) -> None:
    asked_everything(whole, 60)

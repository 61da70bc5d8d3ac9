"""The ledger over HTTP is `velo ledger --json`, figure for figure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.velo_command import velo
from tests.live.replayed import SETTINGS, World, copied
from tests.service.asking import asked, at_eight, served

pytestmark = pytest.mark.slow
DRAWS = {"VELO_TRAINING__BOOTSTRAP_DRAWS": str(SETTINGS.training.bootstrap_draws)}


@pytest.fixture(scope="module")
def settled(trained: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A day predicted and settled, one predicted and open, one predicted after its off only."""
    world = copied(trained, tmp_path_factory.mktemp("settled"))
    late, first, second = sorted(world.days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(world.home.root))
        world.predict(first)
        world.predict(second)
        world.settle(world.results(late), world.results(first))
        world.predict(late, backfill=True)
        yield world


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ()),
        ("?version=1", ("--model", "1")),
        ("?strategy=top30", ("--strategy", "top30")),
        ("?backfill=true", ("--backfill",)),
    ],
)
def test_it_says_what_the_command_line_says(
    settled: World, query: str, words: tuple[str, ...]
) -> None:
    with served(settled.home, at_eight(max(settled.days))) as app:
        answer = asked(app, lambda client: client.get(f"/ledger{query}"))
    want: dict[str, Any] = velo(settled.home.root, "ledger", "--json", *words, **DRAWS).json
    assert (want["bets"]["ran"] > 0, want["bets"]["open"] > 0) == (True, True)
    del want["recorded"]
    assert answer.json() == want


def test_a_result_that_comes_in_is_told_at_once(settled: World, tmp_path: Path) -> None:
    world = copied(settled, tmp_path)
    last = max(world.days)
    with served(world.home, at_eight(last)) as app:
        before = asked(app, lambda client: client.get("/ledger")).json()
        world.settle(world.results(last))
        after = asked(app, lambda client: client.get("/ledger")).json()
    assert before["bets"]["open"] > 0
    assert after["bets"]["open"] == 0
    assert after["bets"]["ran"] > before["bets"]["ran"]

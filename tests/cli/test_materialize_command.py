"""`velo materialize`, as a user runs it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.velo_command import velo


def test_materialize_before_a_build_says_what_comes_first(tmp_path: Path) -> None:
    answer = velo(tmp_path, "materialize")
    assert answer.code == 2
    assert "velo build" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.slow
def test_a_home_is_brought_to_its_morning_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    world = tmp_path / "world.csv"
    velo(tmp_path, "synth", "--runners", "3000", "--seed", "7", "--out", str(world))
    velo(tmp_path, "ingest", str(world))
    last = date.fromisoformat(velo(tmp_path, "build", "--json").json["last_day"])
    early = velo(tmp_path, "materialize")
    assert early.code == 2
    assert "apply" in early.err
    from velo.offline.tables import FEATURE_REPO
    from velo.store.registration import apply

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path))
        apply(FEATURE_REPO)
    first = velo(tmp_path, "materialize", "--json").json
    assert first["as_of"] == str(last + timedelta(1))
    assert {view["view"] for view in first["views"]} >= {"horse_form", "pair_form", "draw_cell"}
    assert all(view["written"] > 0 for view in first["views"])
    again = velo(tmp_path, "materialize", "--json").json
    assert not any(view["written"] or view["removed"] for view in again["views"])
    back = velo(tmp_path, "materialize", "--as-of", str(last))
    assert back.code == 0
    assert str(last) in back.out

"""`velo audit` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from velo.audit.differences import PROOFS


def test_auditing_before_a_build_says_what_comes_first(tmp_path: Path) -> None:
    answer = velo(tmp_path, "audit")
    assert answer.code == 2
    assert "velo build" in answer.err
    assert answer.err.count("\n") == 1


def test_no_cut_at_all_is_wrong_usage(tmp_path: Path) -> None:
    assert velo(tmp_path, "audit", "--cuts", "0").code == 2


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, built; nothing is applied yet."""
    root = tmp_path_factory.mktemp("audited")
    world = root / "world.csv"
    for words in (
        ("synth", "--runners", "4000", "--seed", "3", "--out", str(world)),
        ("ingest", str(world)),
        ("build",),
    ):
        answer = velo(root, *words)
        assert answer.code == 0, answer.err
    return root


@pytest.mark.slow
def test_a_home_where_nothing_is_applied_says_so_before_anything_is_rebuilt(home: Path) -> None:
    answer = velo(home, "audit")
    assert answer.code == 2
    assert "feast -c feature_repo apply" in answer.err


@pytest.mark.slow
def test_a_table_per_view_or_one_json_object(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from velo.store.registration import apply

    monkeypatch.setenv("VELO_HOME", str(home))
    apply()
    answer = velo(home, "audit", "--cuts", "2", "--sample", "3", "--seed", "5", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["passed"] is True
    assert len(answer.json["days"]) == 2
    assert {each["proof"] for each in answer.json["compared"]} == set(PROOFS)
    table = velo(home, "audit", "--sample", "3")
    assert table.code == 0, table.err
    for view in ("entries", "trainer_form", "velocity", "No leak found"):
        assert view in table.out

"""`velo promote` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.velo_command import velo


@pytest.mark.slow
def test_promoting_before_training_says_what_comes_first(tmp_path: Path) -> None:
    answer = velo(tmp_path, "promote")
    assert answer.code == 2
    assert "velo train" in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""


def test_going_back_before_there_is_a_champion_is_refused_in_one_line(tmp_path: Path) -> None:
    answer = velo(tmp_path, "promote", "--rollback")
    assert answer.code == 2
    assert "none to go back to" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("--rollback", "--refit"),
        ("3", "--rollback"),
        ("--rollback", "--despite-alarm", "it is planted"),
        ("--despite-alarm", " "),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert velo(tmp_path, "promote", *words).code == 2


def test_a_label_that_cannot_name_a_version_is_refused_before_anything_is_trained(
    tmp_path: Path,
) -> None:
    answer = velo(tmp_path, "train", "--version", "champion")
    assert answer.code == 2
    assert "--version 'champion'" in answer.err


@pytest.mark.slow
def test_a_refusal_exits_1_and_says_why(tmp_path: Path) -> None:
    """On an efficient market."""
    world = tmp_path / "world.csv"
    for words in (
        ("synth", "--runners", "20000", "--seed", "4", "--edge", "0", "--out", str(world)),
        ("ingest", str(world)),
        ("build",),
    ):
        assert velo(tmp_path, *words).code == 0
    from velo.store.registration import apply

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path))
        apply()
    small = {
        "VELO_RANKER__ROUNDS": "20",
        "VELO_TRAINING__FOLDS": "2",
        "VELO_TRAINING__BOOTSTRAP_DRAWS": "200",
    }
    assert velo(tmp_path, "train", "--version", "v0.9.0", **small).code == 0

    refused = velo(tmp_path, "promote", "v0.9.0", "--json")
    assert refused.code == 1
    assert refused.err == ""
    outcome = refused.json
    assert outcome["promoted"] is False
    assert outcome["after"] == {"champion": None, "previous": None}
    assert any("training_rows" in each for each in outcome["objections"])
    assert outcome["findings"]["worst"]["odds_band"]

    table = velo(tmp_path, "promote")
    assert table.code == 1
    for words in ("missed by", "Where it does worst", "Features that add nothing", "not promoted"):
        assert words in table.out

    status = velo(tmp_path, "status")
    assert "version 1 (v0.9.0): refused by the gate" in status.out
    backtest = velo(tmp_path, "backtest", "--json").json
    assert backtest["version"] == "v0.9.0"
    assert backtest["path"].endswith("backtest_v0.9.0.json")
    report = Path(velo(tmp_path, "report", "--json").json["path"])
    assert report.name == "report_v0.9.0.html"
    page = report.read_text(encoding="utf-8")
    assert "Version 1 (v0.9.0)" in page
    assert "has not been backtested" not in page
    assert "Against chance" in page

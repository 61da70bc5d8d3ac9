from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.velo_command import velo


def test_a_file_that_is_not_there_is_named_in_one_line(tmp_path: Path) -> None:
    answer = velo(tmp_path, "ingest", str(tmp_path / "results.csv"))
    assert answer.code == 2
    assert answer.err == f"velo: {tmp_path / 'results.csv'}: no such file\n"
    assert answer.out == ""


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("build",), "velo ingest"),
        (("quarantine",), "velo ingest"),
        (("train",), "velo build"),
        (("backtest",), "velo train"),
    ],
)
def test_a_command_that_comes_too_early_says_which_comes_first(
    tmp_path: Path, words: tuple[str, ...], mend: str
) -> None:
    answer = velo(tmp_path, *words)
    assert answer.code == 2
    assert mend in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err


def test_a_wrong_option_is_wrong_usage(tmp_path: Path) -> None:
    assert velo(tmp_path, "synth", "--edge", "2", "--out", str(tmp_path / "x.csv")).code == 2
    assert velo(tmp_path, "train", "--blend", "soup").code == 2


def test_debug_shows_where_an_error_came_from_and_ends_in_its_line(tmp_path: Path) -> None:
    usual, whole = velo(tmp_path, "build"), velo(tmp_path, "--debug", "build")
    assert (usual.code, whole.code) == (2, 1)
    assert "Traceback" not in usual.err
    lines = whole.err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert any("velo/offline/build.py" in line for line in lines)
    assert usual.err.strip().removeprefix("velo: ") in lines[-1]


def test_status_of_an_empty_home_says_what_to_do_and_what_is_set(tmp_path: Path) -> None:
    answer = velo(tmp_path, "status", "--json", VELO_ODDS_BAND__LOW="4.5")
    assert answer.code == 1
    assert answer.json["next"] == "velo ingest FILE"
    assert answer.json["settings"]["odds_band"] == {"low": 4.5, "high": 21.0}
    assert answer.json["warehouse"] is None


def test_a_setting_that_cannot_be_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "velo.toml").write_text("[gate]\nae_ratio = 'high'\n", encoding="utf-8")
    answer = velo(tmp_path, "status")
    assert answer.code == 2
    assert "gate.ae_ratio" in answer.err
    assert str(tmp_path / "velo.toml") in answer.err


def test_the_report_schema_is_published(tmp_path: Path) -> None:
    schema = velo(tmp_path, "backtest", "--schema").json
    assert {"strategies", "price_buckets", "baseline"} <= set(schema["properties"])


@pytest.mark.slow
def test_the_same_world_is_written_twice_from_one_seed(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        answer = velo(
            tmp_path,
            "synth",
            "--runners",
            "3000",
            "--seed",
            "7",
            "--json",
            "--out",
            str(tmp_path / name),
        )
        assert answer.code == 0, answer.err
        assert json.loads(answer.out)["runners"] > 2500
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("predict",), "--date"),
        (("predict", "card.csv", "--date", "2026-05-02"), "give a card file, or --date"),
        (("predict", "--date", "2026-05-02"), "champion"),
        (("predict", "card.csv", "--price-kind", "guess"), "choose one of sp"),
        (("predict", "card.csv", "--html", "card.txt"), "must be a .html file"),
        (("predict", "card.csv", "--csv", "none/card.csv"), "there is no folder none"),
        (("ledger",), "velo predict CARD"),
        (("ledger", "--export", "bets.xls"), ".parquet"),
        (("results", "none.csv"), "no such file"),
    ],
)
def test_the_daily_loop_says_in_one_line_what_it_lacks(
    tmp_path: Path, words: tuple[str, ...], part: str
) -> None:
    answer = velo(tmp_path, *words)
    assert answer.code == 2
    assert part in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""

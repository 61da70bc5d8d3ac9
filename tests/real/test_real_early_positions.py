"""Early positions of the real files: how many comments name one, and whether it is right."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.comment_coverage import FILES, coverage, pairs, rank_correlation
from velo.racing.early_position import BY_LETTER, running_positions
from velo.racing.rail import rail

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
)


def distinct(file: str, column: str) -> set[str]:
    path = str(DATA / file)
    rows = duckdb.execute(f"SELECT DISTINCT {column} FROM read_parquet(?)", [path]).fetchall()
    return {text for (text,) in rows}


@pytest.mark.parametrize("name", [name for name in FILES if name != "Hong Kong"])
def test_four_comments_of_five_name_an_early_position(name: str) -> None:
    assert coverage(DATA / FILES[name][0], FILES[name][1]).share > 0.95


@pytest.mark.slow
def test_in_hong_kong_comments_rank_runners_as_the_first_call_does() -> None:
    file, column = FILES["Hong Kong"]
    assert coverage(DATA / file, column).share >= 0.8
    rows = pairs(DATA / file)
    assert len(rows) > 100_000
    assert rank_correlation(rows) >= 0.85


def test_every_running_position_and_letter_and_rail_is_read() -> None:
    texts = distinct(FILES["Hong Kong"][0], "running_position") - {"---"}
    assert len(texts) > 20_000
    assert all(running_positions(text) for text in texts)
    assert distinct("gb_aw_2019_2020.parquet", "pace") == {*BY_LETTER, " "}
    assert {rail(text) for text in distinct(FILES["Hong Kong"][0], "rail")} == {
        "A",
        "A+3",
        "B",
        "B+2",
        "C",
        "C+3",
        "ALL WEATHER TRACK",
    }

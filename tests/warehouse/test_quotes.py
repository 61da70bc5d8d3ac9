"""Prices from comments, at the off, and sections: one row a quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, row
from velo.home import Home

QUOTES = "SELECT kind, nth, decimal_odds FROM prices_history ORDER BY kind, nth"


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("comment", "moves"),
    [
        ("made all(op 6/1 tchd 11/2)", [("open", 1, 7.0), ("touched", 1, 6.5)]),
        ("made all (tchd 8/1 and 9/1)", [("touched", 1, 9.0), ("touched", 2, 10.0)]),
        ("made all(op Evens)", [("open", 1, 2.0)]),
        ("made all (op 5/1 - 11/2 in a place) ", [("open", 1, 6.0), ("touched", 1, 6.5)]),
        ("made all (opened 6/1) (jockey said gelding hung)", [("open", 1, 7.0)]),
        ("made all, opened up (stayed on)", []),
        ("", []),
    ],
)
def test_the_moves_at_the_end_of_a_comment_are_price_rows(
    home: Home, tmp_path: Path, comment: str, moves: list[tuple[str, int, float]]
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", comment=comment)]))
    assert ask(home, QUOTES) == sorted([*moves, ("sp", 1, 3.0)])


def test_a_starting_price_is_quoted_at_the_off_and_others_at_no_known_time(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", off="2:30")]))
    times = ask(home, "SELECT kind, quoted::VARCHAR FROM prices_history ORDER BY kind")
    assert times == [("open", None), ("sp", "2015-04-26 14:30:00")]


def test_trainers_jockeys_and_courses_have_lasting_keys(home: Home, tmp_path: Path) -> None:
    first = [row("Alpha", "1", jockey="J O'Meara(5)", trainer="A. Trainer", course="Kempton (AW)")]
    load(home, file_of(tmp_path, first))
    keys = "SELECT jockey_id, trainer_id, course_id FROM jockeys, trainers, courses"
    before = ask(home, keys)
    load(
        home,
        file_of(
            tmp_path,
            [
                row(
                    "Bravo",
                    "1",
                    jockey="J OMeara",
                    trainer="A Trainer",
                    course="kempton-aw",
                    off="3:30",
                )
            ],
            "b.csv",
        ),
    )
    assert ask(home, keys) == before
    assert ask(home, "SELECT name, surface, country FROM courses") == [("kempton", "aw", "GB")]
    used = (
        "SELECT DISTINCT jockey_id, trainer_id, course_id FROM runners JOIN races USING (race_id)"
    )
    assert ask(home, used) == before

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.finish import Finish, finish


@pytest.mark.parametrize(
    ("text", "position", "dead_heat"),
    [
        ("1", 1, False),
        ("6.0", 6, False),
        ("25", 25, False),
        ("1 DH", 1, True),
        ("4 DH", 4, True),
        ("12DH", 12, True),
        ("1=", 1, True),
        ("=1", 1, True),
    ],
)
def test_a_number_is_a_finishing_position(text: str, position: int, dead_heat: bool) -> None:
    assert finish(text) == Finish("finished", position, dead_heat)


@pytest.mark.parametrize(
    "code",
    [
        *("PU", "F", "UR", "U", "SU", "RR", "R", "REF", "BD", "RO", "CO", "LFT"),
        *("DSQ", "DISQ", "DNF", "FE", "TNP", "NC", "pu"),
    ],
)
def test_a_horse_that_did_not_finish_had_a_start(code: str) -> None:
    assert finish(code) == Finish("non-finisher", None, False)


@pytest.mark.parametrize("code", ["WV", "WV-A", "WX", "WX-A", "WXNR", "NR", "nr"])
def test_a_withdrawn_horse_never_started(code: str) -> None:
    assert finish(code) == Finish("withdrawn", None, False)


def test_a_void_race_is_neither_run_nor_withdrawn_from() -> None:
    assert finish("VOI").status == "void"


@pytest.mark.parametrize("text", [None, "", "-", "–", "---", "0", "-1", "1.5", "first", "1 2"])
def test_a_missing_or_unreadable_position_is_unknown(text: str | None) -> None:
    assert finish(text) == Finish("unknown", None, False)


@given(st.text(max_size=12))
def test_a_position_stands_with_finishers_and_with_them_only(text: str) -> None:
    ended = finish(text)
    assert (ended.position is not None) == (ended.status == "finished")
    assert not ended.dead_heat or ended.status == "finished"

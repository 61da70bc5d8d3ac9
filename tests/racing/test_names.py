from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.names import horse_name, person_name, stable_id, stable_ids


@pytest.mark.parametrize(
    ("text", "name", "suffix"),
    [
        ("Gala Casino Star (IRE)", "gala casino star", "IRE"),
        ("Lukoutoldmakezebak (GB )", "lukoutoldmakezebak", "GB"),
        ("GREAT TREASURE", "great treasure", None),
        ("Traveller (FR )", "traveller", "FR"),
        ("HANG'S DECISION", "hangs decision", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_a_horses_country_is_the_suffix_of_its_name(
    text: str | None, name: str, suffix: str | None
) -> None:
    assert horse_name(text) == (name, suffix)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("David O'Meara", "David OMeara"),
        ("David O’Meara", "david  o'meara "),
        ("J Smith(5)", "J Smith"),
        ("J Smith (3)", "J. Smith"),
        ("J Smith 7", "J Smith"),
        ("H-A Pantall", "H A Pantall"),
        ("Andreas Wöhler", "Andreas Wohler"),
    ],
)
def test_two_sources_spellings_are_one_person(one: str, other: str) -> None:
    assert person_name(one) == person_name(other)


def test_no_person_has_no_name() -> None:
    assert person_name(None) == ""


def test_folding_a_folded_name_changes_nothing() -> None:
    assert person_name(person_name("David A Hayes & Tom Dabernig")) == (
        "david a hayes & tom dabernig"
    )


def test_a_stable_id_is_the_same_for_ever() -> None:
    assert stable_id("horse", "frankel", "GB", 2008) == 1214307512287959633


def test_a_whole_float_and_an_integer_name_the_same_thing() -> None:
    assert stable_id("stall", 8.0) == stable_id("stall", 8) == stable_id("stall", "8")
    assert stable_id("stall", np.float64(8.0)) == stable_id("stall", 8)


def test_a_missing_part_is_empty_but_keeps_its_place() -> None:
    assert stable_id("race", None, "a") == stable_id("race", math.nan, "a")
    assert stable_id("race", None, "a") != stable_id("race", "a", None)


def test_kinds_do_not_share_numbers() -> None:
    assert stable_id("jockey", "j smith") != stable_id("trainer", "j smith")


words = st.one_of(st.none(), st.text(max_size=6))
wholes = st.one_of(st.none(), st.integers(-5, 20))
reals = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
days = st.one_of(st.none(), st.dates())


@given(st.lists(st.tuples(words, wholes, reals, days), max_size=20))
def test_ids_over_columns_are_the_ids_of_the_rows(
    rows: list[tuple[str | None, int | None, float | None, dt.date | None]],
) -> None:
    kinds = (pa.string(), pa.int64(), pa.float64(), pa.date32())
    columns = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
    ids = stable_ids("race", *columns)
    assert ids.to_pylist() == [stable_id("race", *row) for row in rows]
    assert all(number > 0 for number in ids.to_pylist())


def test_a_chunked_column_is_one_column() -> None:
    chunked = pa.chunked_array([["a"], ["b", None]])
    assert stable_ids("horse", chunked).to_pylist() == [
        stable_id("horse", name) for name in ("a", "b", None)
    ]

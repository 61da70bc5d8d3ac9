from __future__ import annotations

import math

import numpy as np
import pytest

from velo.racing.names import horse_name, person_name, stable_id


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

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.courses import Course, abbreviates, course, course_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kempton-aw", Course("kempton", "aw", None)),
        ("Kempton (AW)", Course("kempton", "aw", None)),
        ("Kempton", Course("kempton", None, None)),
        ("Kempton Park", Course("kempton", None, None)),
        ("Chelmsford City (AW)", Course("chelmsford", "aw", None)),
        ("Sha Tin (HK)", Course("sha tin", None, "HK")),
        ("NAGOYA (JPN)", Course("nagoya", None, "JPN")),
        ("Dundalk (AW) (IRE)", Course("dundalk", "aw", "IRE")),
        ("Bangor-on-Dee", Course("bangor on dee", None, None)),
        ("Bordeaux Le Bouscat (FR)", Course("bordeaux le bouscat", None, "FR")),
        ("L'Ancresse (GUE)", Course("lancresse", None, "GUE")),
        ("Newmarket (July)", Course("newmarket july", None, None)),
        ("Wolverhampton (a.w.)", Course("wolverhampton", "aw", None)),
    ],
)
def test_a_course_is_read_from_every_way_of_naming_it(text: str, expected: Course) -> None:
    assert course(text) == expected


@pytest.mark.parametrize("text", [None, "", "-", "–", "(AW)", "---"])
def test_no_name_is_no_course(text: str | None) -> None:
    assert course(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kempton-aw", "Kempton (AW)", True),
        ("Chelmsford (AW)", "Chelmsford City (AW)", True),
        ("Bordeaux-Le-Bouscat (FR)", "Bordeaux Le Bouscat (FR)", True),
        ("Ascot (GB)", "Ascot", True),
        ("Kempton", "Kempton (AW)", False),
        ("Newcastle", "Newcastle (AUS)", False),
        ("Newmarket", "Newmarket (July)", False),
    ],
)
def test_tracks_that_race_differently_have_different_keys(one: str, other: str, same: bool) -> None:
    first, second = course(one), course(other)
    assert first is not None
    assert second is not None
    assert (course_key(first) == course_key(second)) is same


@given(st.text(max_size=20))
def test_no_text_makes_a_course_fail(text: str) -> None:
    read = course(text)
    assert read is None or course_key(read).startswith(read.name)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Ling", "Lingfield (AW)"),
        ("Ling", "Lingfield Park"),
        ("ChelmC", "Chelmsford (AW)"),
        ("MrktR", "Market Rasen"),
        ("NAbb", "Newton Abbot"),
        ("FfosL", "Ffos Las"),
        ("Sthl", "Southwell (AW)"),
        ("Leop", "Leopardstown (IRE)"),
        ("DownR", "Down Royal (IRE)"),
        ("Curr", "The Curragh (IRE)"),
        ("Kempton", "Kempton (AW)"),
        ("Bangor-on-Dee", "bangor on dee"),
        ("Epsm", "Epsom Downs"),
    ],
)
def test_a_course_is_known_by_its_short_name(short: str, full: str) -> None:
    assert abbreviates(short, full)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Ling", "Wolverhampton (AW)"),
        ("Ling", "Ripon"),
        ("Newc", "Newmarket"),
        ("gfield", "Lingfield"),
        ("gniL", "Lingfield"),
        ("Lingfield", "Ling"),
        ("Newcastle (AUS)", "Newcastle (IRE)"),
        (None, "Ripon"),
        ("Ripon", None),
        ("", "Ripon"),
        ("-", "-"),
    ],
)
def test_letters_missing_or_out_of_order_are_another_course(
    short: str | None, full: str | None
) -> None:
    assert not abbreviates(short, full)


@given(st.sampled_from(["Lingfield", "Wolverhampton", "Kempton", "Curragh", "Ascot"]), st.data())
def test_letters_left_out_after_the_first_abbreviate_and_one_too_many_does_not(
    name: str, data: st.DataObject
) -> None:
    kept = [sign for sign in name[1:] if data.draw(st.booleans())]
    short = name[0] + "".join(kept)
    assert abbreviates(short, name)
    assert not abbreviates(name[0] + "x" + "".join(kept), name)

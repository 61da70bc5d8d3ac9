from __future__ import annotations

import pytest

from velo.racing.surface import declared_surface, surface


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TURF", "turf"),
        ('TURF - "C+3" Course', "turf"),
        ("AWT", "aw"),
        ("ALL WEATHER TRACK", "aw"),
        ("Polytrack", "aw"),
        ("Tapeta", "aw"),
        ("Dirt", "dirt"),
        ("", None),
        (None, None),
    ],
)
def test_a_surface_column_is_read(text: str | None, expected: str | None) -> None:
    assert declared_surface(text) == expected


@pytest.mark.parametrize(
    ("explicit", "course", "going", "race_type", "race_name", "expected"),
    [
        ("AWT", "Sha Tin (HK)", "GOOD", "Flat", None, "aw"),
        ("TURF", "Sha Tin (HK)", "GOOD", "Flat", None, "turf"),
        (None, "Churchill Downs (USA)", "Fast", "Flat", "Alysheba Stakes  (4yo+) (Dirt)", "dirt"),
        (None, "Chantilly (FR)", "Good", "Flat", "Prix Pensbury (2yo) (Turf)", "turf"),
        (None, "Ascot", "Good", "Flat", "Dirt Cheap Handicap (Fillies)", "turf"),
        (None, "kempton-aw", "Standard To Slow", None, None, "aw"),
        (None, "Southwell (AW)", "Fast", "Flat", None, "aw"),
        (None, "Dundalk (IRE)", "Standard", "Flat", None, "aw"),
        (None, "Lone Star Park (USA)", "Fast", "Flat", None, "dirt"),
        (None, "NAGOYA (JPN)", "Muddy", "Flat", None, "dirt"),
        (None, "Kempton", None, "Hurdle", None, "turf"),
        (None, "Yarmouth", "Firm", None, None, "turf"),
        (None, "Tours (FR)", None, "Flat", None, None),
        (None, None, None, None, None, None),
    ],
)
def test_the_first_that_tells_gives_the_surface(
    explicit: str | None,
    course: str | None,
    going: str | None,
    race_type: str | None,
    race_name: str | None,
    expected: str | None,
) -> None:
    assert surface(explicit, course, going, race_type, race_name) == expected

"""Real files whose suffixes were taken off every second day: no wrong join, most joined again."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.identity import measure

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="no shared data beside the project")


@pytest.mark.parametrize("suffix_first", [True, False])
@pytest.mark.parametrize(
    ("source", "form", "share"),
    [
        ("raceform", "raceform", 0.97),
        ("raceform", "rpscrape_old", 0.97),
        pytest.param("gb_aw", "raceform", 0.97, marks=pytest.mark.slow),
        pytest.param("gb_aw", "rpscrape_old", 0.85, marks=pytest.mark.slow),
        pytest.param("hk", "raceform", 0.97, marks=pytest.mark.slow),
        pytest.param("hk", "rpscrape_old", 0.96, marks=pytest.mark.slow),
    ],
)
def test_bare_names_are_the_horses_that_bear_a_suffix_on_other_days(
    source: str, form: str, share: float, suffix_first: bool
) -> None:
    measured = measure(DATA, source, form, suffix_first)
    assert (measured.wrong, measured.planted_joined) == (0, 0)
    assert measured.rejoined >= share * measured.runners
    assert measured.runners > 30

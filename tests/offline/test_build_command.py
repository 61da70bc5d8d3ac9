"""`velo build` and `velo status` say what was corrected, and when it is seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cli.velo_command import velo
from tests.offline.told_by_day import Telling, tell
from tests.oracle.by_hand import field, race
from tests.oracle.starts import Start
from velo.home import Home

DAY = date(2024, 3, 1)


def place(home: Home, *placings: list[Start]) -> None:
    tell(home, [Telling(DAY + timedelta(90 * i), rows) for i, rows in enumerate(placings)])


@pytest.mark.slow
def test_a_build_says_what_was_corrected_and_when_it_is_seen(home: Home) -> None:
    horses = field(4)
    first, other = (race(DAY, order, race_id="r") for order in (horses, horses[::-1]))
    place(home, first, other)
    counts = {"races": 1, "runners": 0, "results": 4, "prices": 0}
    for words, as_known, seen in (
        ((), False, "counted as always known"),
        (("--as-known",), True, "counted from the day after their import"),
    ):
        built = velo(home.root, "build", "--json", *words).json
        assert (built["as_known"], built["corrections"]) == (as_known, counts)
        status = velo(home.root, "status", "--json").json["build"]
        assert (status["as_known"], status["corrections"]) == (as_known, counts)
        for command in (("build", *words), ("status",)):
            assert f"races 1, results 4; {seen}" in velo(home.root, *command).out


@pytest.mark.slow
def test_a_build_without_corrections_says_so(home: Home) -> None:
    place(home, race(DAY, field(4)))
    assert "corrections to earlier imports: nothing" in velo(home.root, "build").out

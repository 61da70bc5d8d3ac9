"""A style is a word for where a horse lies early; of a horse that nobody saw there is none."""

from __future__ import annotations

import numpy as np
import pytest

from velo.racing.running_style import running_styles


@pytest.mark.parametrize(
    ("early", "style"),
    [
        (0.0, "front"),
        (0.249, "front"),
        (0.25, "prominent"),
        (0.449, "prominent"),
        (0.45, "mid"),
        (0.649, "mid"),
        (0.65, "held up"),
        (1.0, "held up"),
    ],
)
def test_the_style_is_where_it_lay_early(early: float, style: str) -> None:
    assert running_styles(np.array([early]), np.array([0.04])) == [style]


def test_a_horse_that_was_never_seen_has_no_style_and_one_seen_in_the_middle_has() -> None:
    seen = 0.08 / 1.0, 0.08 / 2.0, float("nan")
    early = np.array([0.5, (0.5 + 0.5) / 2.0, np.nan])
    assert running_styles(early, np.array(seen)) == ["", "mid", ""]

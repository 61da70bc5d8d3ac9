"""Features are held against each other value by value, numbers and text."""

from __future__ import annotations

import pandas as pd
import pytest

from velo.audit.differences import Audit
from velo.audit.feature_differences import compare_features

RUNNERS = pd.DataFrame(
    {"race_id": 1, "date": pd.Timestamp("2024-03-01"), "course": "york", "horse": list("abcd")}
)
EXPECTED = pd.DataFrame(
    {"rate": [0.1, float("nan"), 0.3, 0.4], "ground": ["soft", None, "firm", ""]}
)


@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_the_same_text_is_the_same_however_it_is_held(kind: str) -> None:
    actual = EXPECTED.astype({"ground": kind})
    (comparison,) = compare_features(
        EXPECTED, actual, RUNNERS, {"f": ("rate", "ground")}, "p", "w", 1e-12
    )
    assert (comparison.differences, comparison.rows) == ([], 4)


def test_another_text_and_a_lost_one_are_shown_as_they_stand() -> None:
    actual = EXPECTED.assign(ground=["heavy", None, None, ""])
    (comparison,) = compare_features(
        EXPECTED, actual, RUNNERS, {"f": ("rate", "ground")}, "p", "w", 1e-12
    )
    cells = [
        (each.horse, each.feature, each.expected, each.actual) for each in comparison.differences
    ]
    assert cells == [("a", "ground", "soft", "heavy"), ("c", "ground", "firm", None)]


def test_the_json_of_an_audit_calls_the_actual_value_found() -> None:
    actual = EXPECTED.assign(rate=[0.1, float("nan"), 0.3, 0.5])
    (comparison,) = compare_features(EXPECTED, actual, RUNNERS, {"f": ("rate",)}, "p", "w", 1e-12)
    (difference,) = Audit(1, [], compared=[comparison]).to_dict()["compared"][0]["differences"]
    assert (difference["expected"], difference["found"]) == (0.4, 0.5)
    assert "actual" not in difference

"""Whether a horse on a card is to run."""

from __future__ import annotations

import pytest

from velo.racing.standing import is_yes, rides_nobody, standing


@pytest.mark.parametrize(
    "text", ["non-runner", "Non-Runner", "NON RUNNER", "nonrunner", "NR", "n.r.", "Withdrawn"]
)
def test_a_horse_that_is_out_is_a_non_runner_however_it_is_written(text: str) -> None:
    assert standing(text) == "non-runner"


@pytest.mark.parametrize("text", ["reserve", "Reserve", "RES", "Res."])
def test_a_reserve_is_a_reserve(text: str) -> None:
    assert standing(text) == "reserve"


@pytest.mark.parametrize("text", [None, "", "declared", "runner", "-", "Norman Runner"])
def test_every_other_horse_is_to_run(text: str | None) -> None:
    assert standing(text, "A Rider") is None


@pytest.mark.parametrize("jockey", ["Non-Runner", "NON-RUNNER", "non runner", " Non-Runner "])
def test_a_jockey_called_non_runner_rides_nobody(jockey: str) -> None:
    assert rides_nobody(jockey)
    assert standing(None, jockey) == standing("reserve", jockey) == "non-runner"


@pytest.mark.parametrize("jockey", [None, "", "Non Runnerson", "J Reserve", "N R"])
def test_a_person_is_no_standing(jockey: str | None) -> None:
    assert not rides_nobody(jockey)
    assert standing(None, jockey) is None


def test_yes_is_yes_in_any_spelling() -> None:
    assert all(is_yes(text) for text in ("true", "True", "yes", "1", " Y "))
    assert not any(is_yes(text) for text in (None, "", "false", "0", "no", "None"))

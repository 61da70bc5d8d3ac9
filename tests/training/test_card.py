"""A stored model's card."""

from __future__ import annotations

import dataclasses
import json
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.training.cards import CARD
from training.model.model_card import ModelCard
from velo.errors import ModelError
from velo.settings import Windows

OLD_HOME = Path(__file__).parents[1] / "homes" / "v1.1.0" / "home.tar.gz"


def cards_of_the_old_home() -> list[dict[str, Any]]:
    with tarfile.open(OLD_HOME) as home:
        files = [home.extractfile(name) for name in home.getnames() if name.endswith("model.json")]
        return [json.load(file) for file in files if file is not None]


def test_a_card_is_read_as_it_was_written() -> None:
    written = json.loads(json.dumps(CARD.to_dict()))
    assert ModelCard.from_dict(written) == CARD
    assert ModelCard.from_dict(written | {"scorer": {}}).to_dict() == written


def test_cards_of_an_earlier_version_are_read_and_would_be_written_with_the_same_values() -> None:
    models = cards_of_the_old_home()
    assert models
    for plain in models:
        again = ModelCard.from_dict(plain).to_dict()
        known = {name: value for name, value in plain.items() if name in again}
        assert known.pop("windows", {}).items() <= {**again["windows"], **IN_NAMES}.items()
        assert known.items() <= again.items()


IN_NAMES = {
    "strike_rate_short": 14,
    "strike_rate_medium": 30,
    "strike_rate_long": 90,
    "pair": 365,
    "draw_bias": 180,
}
"""Lengths that stand in a feature's name, which earlier versions recorded as settings."""


def test_a_model_of_before_windows_and_curves_has_the_defaults_and_none() -> None:
    written = CARD.to_dict()
    del written["windows"], written["cutoff_curve"]
    older = ModelCard.from_dict(written)
    assert (older.windows, older.cutoff_curve) == (Windows(), ())


@pytest.mark.parametrize("part", ["service", "priors", "prices", "cutoffs", "plan", "seed"])
def test_a_part_that_is_missing_is_named(part: str) -> None:
    written = CARD.to_dict()
    del written[part]
    with pytest.raises(ModelError, match=f"^the model's card lacks '{part}'; train again$"):
        ModelCard.from_dict(written)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("plan", {"train_end": "soon"}),
        ("priors", {"p0": "high"}),
        ("prices", {"decision": "sp"}),
        ("windows", {"pair": 30}),
    ],
)
def test_a_part_that_cannot_be_read_is_one_line_with_the_mend(part: str, value: object) -> None:
    with pytest.raises(ModelError, match=r"^the model's card .*; train again$") as refused:
        ModelCard.from_dict(CARD.to_dict() | {part: value})
    assert "\n" not in str(refused.value)


def test_no_part_of_a_card_can_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CARD.seed = 2  # type: ignore[misc]
    assert CARD.plan.train_end == date(2019, 1, 1)

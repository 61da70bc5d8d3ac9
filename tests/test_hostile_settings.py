"""No value of any setting is refused in words that do not say what to mend, nor breaks later."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from velo import settings
from velo.errors import SettingsError
from velo.home import Home
from velo.settings.wording import reason

NUMBERS = (
    float("nan"),
    float("inf"),
    float("-inf"),
    1e300,
    -1e300,
    5e-324,
    10**9,
    10**30,
    -(10**30),
    -1,
    0,
    0.5,
    "nan",
    "inf",
    "1e309",
    "9" * 5000,
)
OTHERS = (
    "",
    "x",
    "Europe",
    "\x00",
    "\ud800",
    "1' OR 1=1",
    "25:61",
    True,
    None,
    [],
    {},
    [[]],
    {"a": {}},
)
WORDS = ("Input should", "Value error", "validation error", "pydantic", "Unable to parse")


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("VELO_")]:
        if name != "VELO_HOME":
            monkeypatch.delenv(name)


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a JSON schema, with the path to it."""
    if isinstance(schema, dict):
        yield path, schema
        for name, part in schema.items():
            yield from nodes(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from nodes(part, path)


def test_every_number_that_can_be_set_has_both_bounds() -> None:
    unbounded = [
        path
        for path, node in nodes(settings.Settings.model_json_schema())
        if node.get("type") in ("integer", "number")
        and not {"const", "enum"} & set(node)
        and not (
            {"minimum", "exclusiveMinimum"} & set(node)
            and {"maximum", "exclusiveMaximum"} & set(node)
        )
    ]
    assert unbounded == ["/$defs/Choices/properties/choices/items/anyOf"]


SECTIONS = [
    field.annotation
    for field in settings.Settings.model_fields.values()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
]


def outcome(overrides: dict[str, Any]) -> str | None:
    """The line in which the settings are refused; None where they are taken, all finite."""
    try:
        taken = settings.load(**overrides)
    except SettingsError as refusal:
        return _is_plain(str(refusal))
    json.dumps(taken.model_dump(mode="json"), allow_nan=False)
    return None


def _is_plain(line: str) -> str:
    assert len(line.splitlines()) == 1, line
    assert len(line) < 600, line
    assert not any(word in line for word in WORDS), line
    return line


@pytest.mark.parametrize(
    "section",
    [*SECTIONS, settings.Strategy, settings.Stake, settings.SearchRange, settings.Choices],
)
def test_a_hostile_value_is_refused_in_words_of_ours_or_is_finite(section: type[BaseModel]) -> None:
    """Each setting of a section, drawn values of every type."""
    usual = {"low": 1, "high": 2} if section is settings.SearchRange else {}
    for field in section.model_fields:
        for value in (*NUMBERS, *OTHERS):
            try:
                taken = section.model_validate({**usual, field: value})
            except ValidationError as error:
                _is_plain(reason(error.errors()[0], section))
            else:
                json.dumps(taken.model_dump(mode="json"), allow_nan=False)


@pytest.mark.parametrize(
    "overrides",
    [
        {"prices": {"commission": {"sp": 2}}},
        {"prices": {"commission": {"tote": 0.1}}},
        {"prices": {"commission": {"sp": "nan"}}},
        {"strategies": {"mine": {"stake": {"points": 1e300}}}},
        {"strategies": {"my own": {}}},
        {"strategies": {"mine": {"classes": [float("inf")]}}},
        {"layoff": {"knots": [[0, 1], [float("nan"), 2]]}},
        {"layoff": {"knots": [[0, 1e300], [1, 2]]}},
        {"ranker": {"monotone": {"or_delta": 2}}},
        {"tuning": {"space": {"num_leaves": {"choices": [10**30, 2]}}}},
        {"tuning": {"space": {"learning_rate": {"low": 1e-320, "high": 1}}}},
        {"training": {"holdout_days": 10**9}},
        {"training": {"seed": -1}},
        {"store": {"memory_limit": f"{'9' * 30}GB"}},
        {"store": {"memory_limit": "0GB"}},
        {"live": {"morning": "08:30+05:00"}},
        {"live": {"strategy": "top21"}},
        {"live": {"strategy": "favourite"}},
        {"live": {"strategy": "both"}, "strategies": {"both": {"each_way": True}}},
    ],
    ids=str,
)
def test_what_would_have_broken_later_is_refused_as_the_settings_are_read(
    overrides: dict[str, Any],
) -> None:
    assert outcome(overrides) is not None


def test_a_declared_strategy_may_be_followed() -> None:
    assert outcome({"live": {"strategy": "mine"}, "strategies": {"mine": {}}}) is None


@pytest.mark.parametrize(
    "written",
    [f"[training]\nseed = {'9' * 5000}\n", f"[gate]\nwaived_dead = {'[' * 5000}\n"],
    ids=("digits", "depth"),
)
def test_a_file_beyond_reason_is_not_toml(home: Home, written: str) -> None:
    (home.root / "velo.toml").write_text(written)
    line = outcome({})
    assert line is not None
    assert "is not TOML" in line


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (
            "VELO_GATE_ALPHA_LOW",
            "VELO_GATE_ALPHA_LOW sets nothing; did you mean VELO_GATE__ALPHA_LOW?",
        ),
        ("velo_odds_band_low", "did you mean VELO_ODDS_BAND__LOW?"),
        ("VELO_TRAINING_FOLD", "did you mean VELO_TRAINING__FOLDS?"),
        ("VELO_INGEST_ZZZZ", "sets nothing"),
        ("VELO_STRATEGIES_MINE", "sets nothing"),
    ],
)
def test_a_variable_with_one_underscore_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    monkeypatch.setenv(name, "0.1")
    with pytest.raises(SettingsError) as refusal:
        settings.load()
    assert part in str(refusal.value)


@pytest.mark.parametrize("name", ["VELO_SERVE_TOKEN", "VELO_STOREFRONT", "VELO_KILLS", "VELO_X"])
def test_a_variable_that_is_no_settings_is_let_be(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert settings.load() == settings.Settings(home=settings.home_path())

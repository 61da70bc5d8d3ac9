"""docs/reference says what the code does, name for name and number for number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from tests.oracle.features import FEATURES
from training.judging.gate import judge
from velo.cli import app
from velo.racing.distance import DISTANCE_BANDS
from velo.racing.finish import NON_FINISHERS, VOID, WITHDRAWN
from velo.racing.going import GOING_GROUPS
from velo.settings import Gate, Layoff, Priors

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
ORACLE = Path(__file__).resolve().parent / "oracle"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def read(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading, down to the next."""
    _, after = re.split(rf"^#+ {re.escape(heading)}$", read(page), flags=re.MULTILINE)
    return after.split("\n#")[0]


def test_every_command_has_its_section_in_the_order_of_the_help() -> None:
    assert re.findall(r"^## velo (\w+)$", read("commands.md"), re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_options_are_those_that_it_takes(name: str) -> None:
    written = set(re.findall(r"`[^`]*?(--[a-z][\w-]*)", section("commands.md", f"velo {name}")))
    taken = {
        option
        for each in COMMANDS[name].params
        for option in (*each.opts, *each.secondary_opts)
        if option.startswith("--")
    }
    assert written == taken


def test_every_feature_has_its_rule_in_the_services_order() -> None:
    headings = " ".join(re.findall(r"^### (.*)$", read("feature-rules.md"), re.MULTILINE))
    assert re.findall(r"`(\w+)`", headings) == list(FEATURES)


@pytest.mark.parametrize(("name", "default"), Priors().model_dump().items())
def test_a_priors_row_has_the_default_of_the_settings(name: str, default: float) -> None:
    rows = section("feature-rules.md", "Prior parameters").splitlines()
    row = next(row for row in rows if row.startswith("|") and f"`{name}`" in row.split("|")[1])
    names = re.findall(r"`(\w+)`", row.split("|")[1])
    numbers = row.split("|")[3].split(",")
    assert float(numbers[names.index(name) if len(numbers) > 1 else 0]) == default


def test_the_layoff_curve_is_that_of_the_settings() -> None:
    curve = section("feature-rules.md", "`layoff_penalty`").split("level beyond")[0]
    knots = re.findall(r"\((\d+), ([\d.]+)\)", curve)
    assert tuple((float(day), float(cost)) for day, cost in knots) == Layoff().knots


def test_groups_and_bands_are_those_that_the_rules_make() -> None:
    rows = section("feature-rules.md", "Groups and bands")
    going = re.findall(r"^\| going group, \w+ \| (.*) \|$", rows, re.MULTILINE)
    assert tuple(", ".join(going).split(", ")) == GOING_GROUPS
    assert tuple(re.findall(r"\d+f(?:-\d+f)?\+?", rows.split("distance band")[1])) == DISTANCE_BANDS


def test_the_mistakes_are_numbered_and_each_has_its_test() -> None:
    numbers = re.findall(
        r"^(\d+)\. ", section("feature-rules.md", "Mistakes of an earlier implementation"), re.M
    )
    assert numbers == [str(n) for n in range(1, 13)]
    tests = (ORACLE / "test_earlier_mistakes.py").read_text(encoding="utf-8")
    names = re.findall(r"def test_(\d+(?:_and_\d+)*)_", tests)
    tested = {number for name in names for number in name.split("_and_")}
    assert tested == set(numbers) - {"9"}


def test_every_criterion_and_target_of_the_gate_is_on_the_page() -> None:
    page = section("evaluation.md", "Promotion gate")
    for target in Gate.model_fields:
        assert f"`gate.{target}`" in page
    for criterion in judge({}, {}, {"form": ["form_ewma"]}, Gate()).criteria:
        assert f"`{criterion.name.replace('form', '<family>')}`" in page


def test_every_code_of_a_position_is_among_the_oddities() -> None:
    rows = section("data-oddities.md", "Positions").splitlines()
    for codes, meaning in (
        (NON_FINISHERS, "a start without a place"),
        (WITHDRAWN, "withdrawn"),
        (VOID, "a void race"),
    ):
        written = next(row for row in rows if f"| {meaning}" in row).split("|")[1]
        assert set(written.strip().split(", ")) == codes

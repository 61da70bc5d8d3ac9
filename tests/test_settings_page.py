"""docs/settings.md lists every setting with its default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from velo.settings import Settings, Strategy

PROJECT = Path(__file__).resolve().parent.parent
PAGE = (PROJECT / "docs/settings.md").read_text(encoding="utf-8")
FIELDS = Settings.model_fields
SECTIONS = {name for name, field in FIELDS.items() if isinstance(field.default, BaseModel)}
PROSE = {"strategies", "tuning"}
"""Sections that are described without a table of defaults."""
OF_THE_MACHINE = "as many as there are cores"


def section(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def toml(value: Any) -> str:
    """A value as it is written in the file."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case dict():
            inside = ", ".join(f"{key} = {toml(each)}" for key, each in value.items())
            return f"{{{inside}}}"
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return str(value)


def defaults(of: BaseModel) -> Iterator[tuple[str, str]]:
    """Every setting of a section, and of those within it, with its default."""
    for setting, field in type(of).model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from ((f"{setting}.{inner}", each) for inner, each in defaults(field.default))
        else:
            yield setting, OF_THE_MACHINE if field.default_factory else toml(field.default)


def test_every_section_stands_on_the_page_once() -> None:
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(SECTIONS | PROSE)


def test_a_setting_of_no_section_stands_in_the_text() -> None:
    introduction = PAGE.partition("\n## ")[0]
    for name in set(FIELDS) - SECTIONS - PROSE - {"home"}:
        assert f"`{name}`" in introduction


@pytest.mark.parametrize("name", sorted(SECTIONS - PROSE))
def test_a_sections_rows_are_its_settings_with_their_defaults(name: str) -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \|", section(name), re.MULTILINE)
    assert dict(rows) == dict(defaults(FIELDS[name].default))


def test_every_setting_of_a_strategy_is_described() -> None:
    described = re.findall(r"`(\w+)`", section("strategies"))
    assert set(Strategy.model_fields) <= set(described)

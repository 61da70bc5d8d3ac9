"""A `velo.toml` with every setting in it, written from the schema of the settings.

Each line is a comment that shows a default, with its unit and what it is for, so the file changes
nothing until a `# ` is taken away, and says what a later version has when it is written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from velo.settings import Settings

WIDTH = 98
_HEAD = """\
# The settings of this project. A line shows a default; take its first `# ` away to change it.
# What stands here is beaten by a velo.toml in the home, and that by the environment:
# VELO_ODDS_BAND__LOW=4.5 is low in the section odds_band. `velo status --json` shows what holds.
"""
_STRATEGIES = """\
Strategies of your own, each under a name that you choose. What is not given does not narrow.
"""
_CITED = re.compile(r" \([\w-]+\.md[^)]*\)")
"""A page of the project's, which a project folder does not have."""
_INNER = ("anyOf", "items", "prefixItems", "additionalProperties")
"""Where the schema of a setting has the schema of its values."""


def toml_text(feature_repo: str) -> str:
    """The file's text.

    Args:
        feature_repo: the one setting that is set, as seen from the file.
    """
    schema = Settings.model_json_schema()
    sections: Mapping[str, Any] = schema["$defs"]
    described = schema["properties"]["feature_repo"]["description"]
    lines = [_HEAD, f"feature_repo = {_value(feature_repo)}  # {described}"]
    for name, each in schema["properties"].items():
        if "$ref" in each:
            lines += _section(name, each, sections)
    lines += ["", *_comment(_STRATEGIES)]
    for name, kind in (("strategies.mine", "Strategy"), ("strategies.mine.stake", "Stake")):
        lines += [f"# [{name}]", *_settings(sections[kind])]
    return "\n".join(lines) + "\n"


def _section(name: str, reference: Mapping[str, Any], sections: Mapping[str, Any]) -> Iterator[str]:
    """A section, and behind it those within it."""
    section = sections[reference["$ref"].rpartition("/")[2]]
    yield from ("", *_comment(section["description"]), f"[{name}]", *_settings(section))
    for inner, each in section["properties"].items():
        if "$ref" in each:
            yield from _section(f"{name}.{inner}", each, sections)


def _comment(text: str) -> list[str]:
    first = _CITED.sub("", text).split("\n\n")[0]
    return [f"# {line}" for line in wrap(" ".join(first.split()), WIDTH)]


def _settings(section: Mapping[str, Any]) -> Iterator[str]:
    for name, each in section["properties"].items():
        if "$ref" in each:
            continue
        default = each.get("default")
        line = f"# {name} =" if default is None else f"# {name} = {_value(default)}"
        about = "; ".join(_about(each))
        yield f"{line:<34}  # {about}" if about else line


def _about(setting: Mapping[str, Any]) -> Iterator[str]:
    """Its unit, what it may be, and what it is for; that it is not set, where it is not."""
    if "default" in setting and setting["default"] is None:
        yield "not set"
    yield from _first(setting, "unit")
    for values in _first(setting, "enum"):
        yield "one of " + ", ".join(map(str, values))
    if "description" in setting:
        yield setting["description"].replace("()", "[]")


def _first(part: Any, name: str) -> list[Any]:
    """What the outermost part of a setting's schema that has a name says by it; none, or one."""
    if isinstance(part, Mapping):
        if name in part:
            return [part[name]]
        inner = [part[key] for key in _INNER if key in part]
    else:
        inner = part if isinstance(part, list) else []
    return next((each for part in inner if (each := _first(part, name))), [])


def _value(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)

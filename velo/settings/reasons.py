"""Why a value was refused, in words of our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not JSON ({error})",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be {ge} at least",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} at most",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "int_from_float": "must be a whole number",
    "string_too_short": "must have {min_length} signs at least",
    "string_too_long": "may have {max_length} signs at most",
    "string_pattern_mismatch": "must be as {pattern} has it",
    "too_short": "must have {min_length} of them at least",
    "too_long": "may have {max_length} of them at most",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}
_KINDS = {
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "string": "must be text",
    "date": "must be a day, as 2026-05-02",
    "datetime": "must be a day and a time, as 2026-05-02T14:30",
    "time": "must be a time, as 09:00",
    "list": "must be a list",
    "tuple": "must be a list",
    "dict": "must be an object of names and values",
    "model": "must be an object of names and values",
    "mapping": "must be an object of names and values",
}


def reason(error: Mapping[str, Any]) -> str:
    """Why one value was refused, to be read after its name: ``must be greater than 1``.

    Args:
        error: one of pydantic's `errors()`.
    """
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "value_error":
        return str(context["error"])
    if kind in _WORDS:
        return _WORDS[kind].format_map(context)
    return _KINDS.get(kind.partition("_")[0], "cannot be this")

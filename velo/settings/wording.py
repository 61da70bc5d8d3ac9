"""Why a value cannot be, in the words of who sets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel

_PLAIN = {
    "missing": "must be given",
    "finite_number": "must be a finite number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of fewer digits",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "string_unicode": "must be a text",
    "string_pattern_mismatch": "must begin with a letter, and be of 40 letters, digits, - and _",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "model_attributes_type": "must be a table of names and values",
}
"""By pydantic's type of error."""

_KINDS = {
    "date": "must be a day such as 2026-05-02",
    "datetime": "must be a day and a time such as 2026-05-02T14:30",
    "time": "must be a time of day such as 08:30",
}
"""By how pydantic's type of error begins."""

_BOUND: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda said: f"must be above {said['gt']:,}",
    "greater_than_equal": lambda said: f"must be at least {said['ge']:,}",
    "less_than": lambda said: f"must be below {said['lt']:,}",
    "less_than_equal": lambda said: f"must be at most {said['le']:,}",
    "multiple_of": lambda said: f"must be a multiple of {said['multiple_of']}",
    "too_short": lambda said: f"must have at least {said['min_length']} entries",
    "too_long": lambda said: f"must have at most {said['max_length']} entries",
    "string_too_short": lambda said: f"must have at least {said['min_length']} signs",
    "string_too_long": lambda said: f"must have at most {said['max_length']} signs",
    "literal_error": lambda said: f"must be {said['expected']}",
    "enum": lambda said: f"must be {said['expected']}",
    "json_invalid": lambda said: f"is not JSON ({said['error']})",
    "value_error": lambda said: str(said["error"]),
}


def reason(error: Mapping[str, Any], model: type[BaseModel] | None = None) -> str:
    """What is wrong with a value, as the end of a sentence that begins with its name.

    Args:
        error: one of pydantic's, as `ValidationError.errors` lists them.
        model: the settings that were validated, for the names that are known where one is not.
    """
    kind = error["type"]
    if kind == "extra_forbidden":
        name, path = str(error["loc"][-1]), error["loc"][:-1]
        return f"is not known{nearest(name, _names(model, path)) if model else ' here'}"
    if kind in _BOUND:
        return _BOUND[kind](error["ctx"])
    return _PLAIN.get(kind) or _KINDS.get(kind.partition("_")[0], "cannot be this")


def shortened(value: object) -> str:
    """A refused value as Python writes it, 80 characters at most."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


def nearest(name: str, known: Sequence[str]) -> str:
    """A tail that names what was meant, or all that is known."""
    close = get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(known)}" if known else ""


def _names(model: type[BaseModel], path: Sequence[Any]) -> list[str]:
    """The settings of the section that a path leads to, none where it leads elsewhere."""
    found: Any = model
    for part in path:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = found.model_fields.get(str(part))
            found = field.annotation if field else None
        elif get_origin(found) is dict:
            found = get_args(found)[1]
    return sorted(found.model_fields) if _is_model(found) else []


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)

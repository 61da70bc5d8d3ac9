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
    "greater_than": lambda limit: f"must be above {limit['gt']:,}",
    "greater_than_equal": lambda limit: f"must be at least {limit['ge']:,}",
    "less_than": lambda limit: f"must be below {limit['lt']:,}",
    "less_than_equal": lambda limit: f"must be at most {limit['le']:,}",
    "multiple_of": lambda limit: f"must be a multiple of {limit['multiple_of']}",
    "too_short": lambda limit: f"must have at least {limit['min_length']} entries",
    "too_long": lambda limit: f"must have at most {limit['max_length']} entries",
    "string_too_short": lambda limit: f"must have at least {limit['min_length']} signs",
    "string_too_long": lambda limit: f"must have at most {limit['max_length']} signs",
    "literal_error": lambda limit: f"must be {limit['expected']}",
    "enum": lambda limit: f"must be {limit['expected']}",
    "json_invalid": lambda limit: f"is not JSON ({limit['error']})",
    "value_error": lambda limit: str(limit["error"]),
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
    annotation: Any = model
    for part in path:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(part))
            annotation = field.annotation if field else None
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
    return sorted(annotation.model_fields) if _is_model(annotation) else []


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)

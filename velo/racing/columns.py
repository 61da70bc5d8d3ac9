"""One scalar rule over a whole column."""

from __future__ import annotations

import datetime as dt
import functools
import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc

_SCALARS: dict[Any, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    dt.date: pa.date32(),
    dt.time: pa.time64("us"),
}


def over(column: pa.Array | pa.ChunkedArray, rule: Callable[[Any], Any]) -> pa.Array:
    """Apply a scalar rule to a column of ``n`` values, once to each distinct value.

    Returns an array of ``n`` whose type is the rule's declared return type, so that a column of
    nothing but nulls keeps it; a rule that answers with a NamedTuple gives a struct. The rule also
    decides what a null means.
    """
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    encoded = pc.dictionary_encode(values, null_encoding="encode")
    answers = [_plain(rule(value)) for value in encoded.dictionary.to_pylist()]
    return pa.array(answers, type=_answer_type(rule)).take(encoded.indices)


def _plain(answer: Any) -> Any:
    return answer._asdict() if hasattr(answer, "_asdict") else answer


def _answer_type(rule: Callable[[Any], Any]) -> pa.DataType | None:
    while isinstance(rule, functools.partial):
        rule = rule.func
    try:
        return _arrow_type(get_type_hints(rule).get("return"))
    except (TypeError, NameError):  # a built-in or a lambda declares nothing: Arrow infers
        return None


def _arrow_type(hint: Any) -> pa.DataType | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        alternatives = [each for each in arguments if each is not type(None)]
        return _arrow_type(alternatives[0]) if len(alternatives) == 1 else None
    if origin is list:
        return pa.list_(_arrow_type(arguments[0]))
    if hasattr(hint, "_fields"):
        fields = get_type_hints(hint)
        return pa.struct([pa.field(name, _arrow_type(fields[name])) for name in hint._fields])
    return _SCALARS.get(hint)

"""The service's OpenAPI document as one page to read: routes, then what is sent and answered.

It is made of the document alone, so it says what `/openapi.json` says and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from velo.report.run_page import render
from velo.report.table import Column, PageTable, word

PARAMETERS = tuple(Column(label, False) for label in ("Parameter", "In", "Needed", "Is", "Means"))
ANSWERS = tuple(Column(label, False) for label in ("Status", "Means", "Bears"))
FIELDS = tuple(Column(label, False) for label in ("Field", "Needed", "Is", "Means"))


def page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI 3.1 document whose parameters and bodies are in place.

    Args:
        document: as `/openapi.json` has it.
    """
    return render(
        "service.html.j2",
        about=document["info"],
        guarded="security" in document,
        routes=list(_routes(document["paths"])),
        forms=[
            {
                "name": name,
                "means": _line(schema.get("description", "")),
                "table": _fields(name, schema),
            }
            for name, schema in sorted(document["components"]["schemas"].items())
        ],
    )


def _routes(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            called = f"{method.upper()} {path}"
            identity = operation["operationId"]
            yield {
                "id": identity,
                "called": called,
                "means": operation.get("description", operation.get("summary", "")).split("\n\n"),
                "parameters": _parameters(identity, called, operation.get("parameters", [])),
                "bodies": _bodies(operation.get("requestBody", {})),
                "answers": _answers(identity, called, operation["responses"]),
            }


def _bodies(message: Mapping[str, Any]) -> list[str]:
    """Each media type of a body, and what it holds where that is said."""
    return [
        f"{media}: {kind(each['schema'])}" if each.get("schema") else media
        for media, each in message.get("content", {}).items()
    ]


def _parameters(
    identity: str, called: str, parameters: list[Mapping[str, Any]]
) -> PageTable | None:
    if not parameters:
        return None
    rows = [
        [
            word(each["name"]),
            word(each["in"]),
            word(_needed(each.get("required", False))),
            word(kind(each["schema"])),
            word(_line(each.get("description", ""))),
        ]
        for each in parameters
    ]
    return PageTable(f"{identity}-parameters", f"{called}: parameters", PARAMETERS, rows)


def _answers(identity: str, called: str, responses: Mapping[str, Any]) -> PageTable:
    rows = [
        [word(status), word(_line(each["description"])), word("; ".join(_bodies(each)))]
        for status, each in responses.items()
    ]
    return PageTable(f"{identity}-answers", f"{called}: answers", ANSWERS, rows)


def _fields(name: str, schema: Mapping[str, Any]) -> PageTable:
    needed = schema.get("required", [])
    rows = [
        [
            word(field),
            word(_needed(field in needed)),
            word(kind(of)),
            word(_line(of.get("description", ""))),
        ]
        for field, of in schema.get("properties", {}).items()
    ]
    return PageTable(f"{name}-fields", f"{name}: fields", FIELDS, rows)


def kind(schema: Mapping[str, Any]) -> str:
    """What a JSON schema wants, in words: `integer or null`, `list of RunnerSaid`, `anything`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return " or ".join(dict.fromkeys(kind(each) for each in schema[either]))
    if "const" in schema:
        return f"always {_value(schema['const'])}"
    if "enum" in schema:
        return " or ".join(_value(each) for each in schema["enum"])
    name = schema.get("type", "anything")
    if name == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if name == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {kind(schema['additionalProperties'])}"
    if isinstance(name, list):
        return " or ".join(name)
    return f"{name} ({schema['format']})" if "format" in schema else str(name)


def _value(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()


def _needed(so: bool) -> str:
    return "yes" if so else "no"


def _line(text: str) -> str:
    return " ".join(text.split())

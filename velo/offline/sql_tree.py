"""A SELECT as DuckDB parses it: a tree of dictionaries, and ways through it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb

Node = dict[str, Any]


class Entangled(Exception):
    """Nothing can be claimed about this SQL."""


@cache
def parsed(sql: str) -> Node:
    """The root of one SELECT, parsed once; nobody changes it.

    Raises:
        Entangled: it is no SELECT, or several.
    """
    with duckdb.connect() as con:
        text = con.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchall()[0][0]
    read = json.loads(text)
    if read["error"] or len(read["statements"]) != 1:
        raise Entangled
    root: Node = read["statements"][0]["node"]
    return root


def walk(node: Any) -> Iterator[Node]:
    """A node and all below it."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def steps_of(node: Node) -> Iterator[tuple[str, Node]]:
    """The WITH of a query."""
    for each in node["cte_map"]["map"] if "cte_map" in node else ():
        yield each["key"], each["value"]["query_node"]


def plain_columns(expressions: list[Node]) -> set[str]:
    """The names of those that are columns as they are."""
    return {each["column_names"][-1] for each in expressions if each["class"] == "COLUMN_REF"}

"""By which columns a table's rows are independent: what can be computed anew without the rest.

A trainer's rows of `trainer_form` depend on the trainer's own starts and on nobody else's. Where
that holds, a change of a few starts is a change of a few trainers' rows, and the table's SQL run
over those trainers alone gives them. It is read off the SQL as DuckDB parses it:

- every grouping and every window's partition has the columns, and every step hands them on as they
  are;
- relations that have the columns are joined on all of them;
- one that lacks them is looked up by columns of its own, as a race's par time is by its number.

Where anything else is found (a sub-query in an expression, a limit, a total over everything, a
file), nothing is claimed, and the table is built whole. So no declaration can be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import duckdb

from velo.offline.sql_tree import Entangled, Node, parsed, plain_columns, steps_of, walk


@dataclass(frozen=True)
class Independence:
    """How the rows of a table stand to its inputs.

    Attributes:
        columns: rows with different values in these do not depend on each other.
        own: the inputs that have the columns: only rows with the same values matter.
        looked_up: the other inputs, and by which of their columns; `own` ones have those too.
    """

    columns: tuple[str, ...]
    own: frozenset[str]
    looked_up: dict[str, tuple[str, ...]]


@dataclass
class _CarriedRows:
    """A relation within the SQL: its columns in order, and those that an input had just so."""

    columns: list[str | None]
    carried: set[str]
    name: str | None = None


def tables_read(sql: str) -> frozenset[str] | None:
    """The tables that a SELECT reads, its own steps left out; None if it reads files too."""
    root = parsed(sql)
    steps = {name for node in walk(root) for name, _ in steps_of(node)}
    if any(node.get("type") == "TABLE_FUNCTION" for node in walk(root)):
        return None
    read = (node["table_name"] for node in walk(root) if node.get("type") == "BASE_TABLE")
    return frozenset(read) - steps


def independence(
    sql: str,
    inputs: Mapping[str, list[str]],
    columns: Iterable[str] = (),
) -> Independence | None:
    """Find the columns by which a SELECT's rows are independent.

    Args:
        sql: one SELECT.
        inputs: every table that it may read, and its columns.
        columns: ask about these, and not about as many as there are.

    Returns:
        None where nothing can be claimed.
    """
    try:
        root = parsed(sql)
        grouped = list(_groupings(root))
        handed_on = _InputReading(inputs, frozenset()).query(root, {}).carried
        joined = {one[-1] for node in walk(root) for one, other in _equated(node)}
        common = set.intersection(*grouped) if grouped else joined or handed_on
        asked = frozenset(columns) or frozenset(common & handed_on)
        reading = _InputReading(inputs, asked, _aggregates())
        if not asked or not asked <= reading.query(root, {}).carried:
            return None
    except Entangled:
        return None
    return Independence(tuple(sorted(asked)), frozenset(reading.own), reading.looked_up)


@dataclass
class _InputReading:
    """One pass over the SQL, which fails where rows of other values come in."""

    inputs: Mapping[str, list[str]]
    columns: frozenset[str]
    aggregates: frozenset[str] = frozenset()
    own: set[str] = field(default_factory=set)
    looked_up: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def query(self, node: Node, steps: dict[str, _CarriedRows]) -> _CarriedRows:
        steps = dict(steps)
        for name, step in steps_of(node):
            steps[name] = self.query(step, steps)
        if any(
            each["type"] == "LIMIT_MODIFIER" or each.get("distinct_on_targets")
            for each in node["modifiers"]
        ):
            raise Entangled
        if node["type"] == "SET_OPERATION_NODE" and node["setop_type"] == "UNION":
            return self._union([self.query(child, steps) for child in node["children"]])
        if node["type"] != "SELECT_NODE" or node["sample"]:
            raise Entangled
        relations = self._relations(node["from_table"], steps)
        self._hold_together(node)
        return _selected(node, relations)

    def _union(self, parts: list[_CarriedRows]) -> _CarriedRows:
        first = parts[0]
        if any(len(part.columns) != len(first.columns) for part in parts):
            raise Entangled
        carried = {
            name
            for place, name in enumerate(first.columns)
            if name and all(part.columns[place] == name in part.carried for part in parts)
        }
        return _CarriedRows(first.columns, carried)

    def _relations(self, node: Node, steps: dict[str, _CarriedRows]) -> dict[str, _CarriedRows]:
        """Alias -> relation of a FROM; the first one has the columns."""
        if node["type"] == "JOIN":
            return self._joined(node, steps)
        relation = self._relation(node, steps)
        if not self.columns <= relation.carried:
            raise Entangled
        if relation.name:
            self.own.add(relation.name)
        return {node["alias"] or relation.name or node.get("table_name", ""): relation}

    def _relation(self, node: Node, steps: dict[str, _CarriedRows]) -> _CarriedRows:
        if node["type"] == "SUBQUERY":
            return self.query(node["subquery"]["node"], steps)
        if node["type"] != "BASE_TABLE" or node["sample"] or node["column_name_alias"]:
            raise Entangled
        name = node["table_name"]
        if name in steps:
            return steps[name]
        if name not in self.inputs:
            raise Entangled
        return _CarriedRows(list(self.inputs[name]), set(self.inputs[name]), name)

    def _joined(self, node: Node, steps: dict[str, _CarriedRows]) -> dict[str, _CarriedRows]:
        if node["join_type"] not in ("INNER", "LEFT") or node["ref_type"] != "REGULAR":
            raise Entangled
        if node["right"]["type"] == "JOIN":
            raise Entangled
        left = self._relations(node["left"], steps)
        right = self._relation(node["right"], steps)
        alias = node["right"]["alias"] or right.name or node["right"].get("table_name", "")
        on = set()
        for pair in _equated(node):
            one, other = (_source({**left, alias: right}, side) for side in pair)
            here, there = (one, other) if other is right else (other, one)
            name = pair[0][-1]
            if name == pair[1][-1] and there is right and name in here.carried & right.carried:
                on.add(name)
        outside = replace(right, carried=set())
        if self.columns <= right.carried:
            if not self.columns <= on:
                raise Entangled
            if right.name:
                self.own.add(right.name)
            return {**left, alias: right if node["join_type"] == "INNER" else outside}
        by = tuple(sorted(on))
        if not right.name or not by or self.looked_up.setdefault(right.name, by) != by:
            raise Entangled
        return {**left, alias: outside}

    def _hold_together(self, node: Node) -> None:
        """No expression of a SELECT goes beyond the rows with the same values."""
        parts = ("select_list", "where_clause", "group_expressions", "having", "qualify")
        inner = [each for part in parts for each in walk(node[part])]
        if any(each.get("class") == "SUBQUERY" for each in [*inner, *walk(node["from_table"])]):
            raise Entangled
        for window in (each for each in inner if each.get("class") == "WINDOW"):
            if not self.columns <= plain_columns(window["partitions"]):
                raise Entangled
        if node["group_expressions"]:
            grouped = plain_columns(node["group_expressions"])
            if len(node["group_sets"]) > 1 or not self.columns <= grouped:
                raise Entangled
        elif (
            node["having"]
            or node["aggregate_handling"] != "STANDARD_HANDLING"
            or any(
                each.get("class") == "FUNCTION" and each["function_name"] in self.aggregates
                for each in inner
            )
        ):
            raise Entangled


def _selected(node: Node, relations: dict[str, _CarriedRows]) -> _CarriedRows:
    """What a SELECT hands on."""
    columns: list[str | None] = []
    carried: set[str] = set()
    for each in node["select_list"]:
        if each["class"] == "STAR":
            if each["columns"] or each["expr"] or each["rename_list"]:
                raise Entangled
            changed = {item["key"] for item in each["replace_list"]}
            left_out = set(each["exclude_list"])
            for alias, relation in relations.items():
                if each["relation_name"] in ("", alias):
                    kept = [name for name in relation.columns if name not in left_out]
                    columns += kept
                    carried |= (relation.carried & {n for n in kept if n}) - changed
        elif each["class"] == "COLUMN_REF":
            name = each["column_names"][-1]
            columns.append(each["alias"] or name)
            source = _source(relations, each["column_names"])
            if each["alias"] in ("", name) and name in source.carried:
                carried.add(name)
        else:
            columns.append(each["alias"] or None)
    doubled = {name for name in columns if name and columns.count(name) > 1}
    return _CarriedRows(columns, carried - doubled)


def _source(relations: dict[str, _CarriedRows], column: list[str]) -> _CarriedRows:
    """The relation that a column is of: the named one, else the first that has it."""
    *qualifier, name = column
    having = [relation for relation in relations.values() if name in relation.columns]
    sources = [relations[each] for each in qualifier if each in relations] or having
    if not sources:
        raise Entangled
    return sources[0]


def _equated(node: Node) -> Iterator[tuple[list[str], list[str]]]:
    """Pairs of columns, qualified as they are, that a join's condition makes equal."""
    if node.get("type") != "JOIN":
        return
    yield from (
        ([name], [node["right"]["alias"] or node["right"].get("table_name", ""), name])
        for name in node["using_columns"]
    )
    pending = [node["condition"]] if node["condition"] else []
    while pending:
        each = pending.pop()
        if each["type"] == "CONJUNCTION_AND":
            pending += each["children"]
        elif each["type"] == "COMPARE_EQUAL":
            sides = each["left"], each["right"]
            if all(side["class"] == "COLUMN_REF" for side in sides):
                yield sides[0]["column_names"], sides[1]["column_names"]


def _groupings(root: Node) -> Iterator[set[str]]:
    """The column names of every GROUP BY and every window's partition."""
    for node in walk(root):
        if node.get("group_expressions"):
            yield plain_columns(node["group_expressions"])
        if node.get("class") == "WINDOW":
            yield plain_columns(node["partitions"])


@cache
def _aggregates() -> frozenset[str]:
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() "
            "WHERE function_type = 'aggregate'"
        ).fetchall()
    return frozenset(row[0] for row in rows)

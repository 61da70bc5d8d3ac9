"""From which day on a table's rows can change, and how far back they look.

A row of `trainer_form` counts what lies before it in time. So when the earliest change is of day
`K`, rows of earlier days stand as they are; the later ones need what happened within the table's
windows, and of all that is older no more than its sums. Then rows that are older than every window
may be read as if all had happened on one day just before them: of a career of years a hundred
days are added up one by one, and the rest at once.

It is read off the SQL as DuckDB parses it, and nothing is claimed unless

- one relation is read at a time, and the clock column is handed on as it is or moved by whole days;
- groupings have the clock among their columns, and windows are ordered by it and end at or before
  the row itself;
- windows reach back a number of days, or are sums from the first row on; with such sums no step
  does anything to the counts but add them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from velo.offline.sql_tree import Entangled, Node, parsed, plain_columns, steps_of, walk

_ENDS = ("CURRENT_ROW_RANGE", "CURRENT_ROW_ROWS", "EXPR_PRECEDING_RANGE")
_COUNTS = ("sum", "count", "count_star")


@dataclass(frozen=True)
class EventTime:
    """How the rows of a table stand to time.

    Attributes:
        column: the inputs' column that says on which day a row counts.
        output: the table's column that says the same.
        reach: a row can be seen through windows for at most so many days.
        lasting: whether sums see it for ever.
    """

    column: str
    output: str
    reach: int
    lasting: bool


def event_time_of(sql: str, column: str) -> EventTime | None:
    """Find out whether a SELECT runs along a clock.

    Args:
        sql: one SELECT.
        column: of its inputs, a date.

    Returns:
        None where nothing can be claimed.
    """
    try:
        root = parsed(sql)
        lasting = any(
            each.get("class") == "WINDOW" and each["start"] == "UNBOUNDED_PRECEDING"
            for each in walk(root)
        )
        reading = _ClockReading(column, lasting)
        output = reading.query(root, {}).clock
    except Entangled:
        return None
    return EventTime(column, output, reading.reach, lasting)


@dataclass(frozen=True)
class _ClockedRows:
    """A relation within the SQL: the column that is its clock, and whether it is an input."""

    clock: str
    raw: bool


@dataclass
class _ClockReading:
    column: str
    lasting: bool
    reach: int = field(default=0, init=False)

    def query(self, node: Node, steps: dict[str, _ClockedRows]) -> _ClockedRows:
        steps = dict(steps)
        for name, step in steps_of(node):
            steps[name] = self.query(step, steps)
        distinct = any(each["type"] == "DISTINCT_MODIFIER" for each in node["modifiers"])
        if any(
            each["type"] == "LIMIT_MODIFIER" or each.get("distinct_on_targets")
            for each in node["modifiers"]
        ) or (distinct and self.lasting):
            raise Entangled
        if node["type"] == "SET_OPERATION_NODE" and node["setop_type"] == "UNION":
            if not node["setop_all"]:
                raise Entangled
            return self._union(node["children"], steps)
        if node["type"] != "SELECT_NODE" or node["aggregate_handling"] != "STANDARD_HANDLING":
            raise Entangled
        if node["sample"] or node["having"] or node["qualify"]:
            raise Entangled
        source = self._source(node["from_table"], steps)
        self._check(node, source)
        return _ClockedRows(self._clock_among(node, source)[1], raw=False)

    def _union(self, children: list[Node], steps: dict[str, _ClockedRows]) -> _ClockedRows:
        """All parts have the clock in one place; the first names it."""
        places, before, most = [], self.reach, self.reach
        for child in children:
            if child["type"] != "SELECT_NODE":
                raise Entangled
            self.reach = before
            self.query(child, steps)
            source = self._source(child["from_table"], steps)
            places.append(self._clock_among(child, source))
            most = max(most, self.reach)
        self.reach = most
        if len({place for place, _ in places}) > 1:
            raise Entangled
        return _ClockedRows(places[0][1], raw=False)

    def _source(self, node: Node, steps: dict[str, _ClockedRows]) -> _ClockedRows:
        if node["type"] == "SUBQUERY":
            return self.query(node["subquery"]["node"], steps)
        if node["type"] != "BASE_TABLE" or node["sample"] or node["column_name_alias"]:
            raise Entangled
        return steps.get(node["table_name"], _ClockedRows(self.column, raw=True))

    def _clock_among(self, node: Node, source: _ClockedRows) -> tuple[int, str]:
        """The place and the name of the one selected column that is the clock."""
        candidates = []
        for place, each in enumerate(node["select_list"]):
            if each["class"] == "STAR":
                raise Entangled
            if self._is_clock(each, source):
                candidates.append((place, each["alias"] or source.clock))
        if len(candidates) != 1:
            raise Entangled
        return candidates[0]

    def _is_clock(self, each: Node, source: _ClockedRows) -> bool:
        """The clock itself, in another type, or moved to a later day."""
        if each["class"] == "CAST":
            return self._is_clock(each["child"], source)
        if each["class"] == "FUNCTION" and each["function_name"] == "+":
            one, other = (side["expression"] for side in each["arguments"])
            return self._is_clock(one, source) and _days(other) >= 0
        names: list[str] = each["column_names"] if each["class"] == "COLUMN_REF" else []
        return names[-1:] == [source.clock]

    def _check(self, node: Node, source: _ClockedRows) -> None:
        grouped = plain_columns(node["group_expressions"])
        if node["group_expressions"] and (
            source.clock not in grouped
            or len(node["group_sets"]) > 1
            or len(grouped) < len(node["group_expressions"])
        ):
            raise Entangled
        if node["where_clause"] and self.lasting and not source.raw:
            raise Entangled
        where = node["where_clause"]
        for each in [*node["select_list"], *([where] if where else [])]:
            if not self._is_clock(each, source):
                self._check_blind(each, source)
                added = self.lasting and each is not where and not (source.raw and not grouped)
                if added and not _adds_up(each, source.raw):
                    raise Entangled
        self.reach += max(map(_days_moved, node["select_list"]), default=0)
        self.reach += max((_check_window(each, source) for each in _windows(node)), default=0)

    def _check_blind(self, each: Node, source: _ClockedRows) -> None:
        """A value does not look at the clock, but for the order of its windows."""
        orders = {id(part) for window in _windows(each) for part in walk(window["orders"])}
        for part in walk(each):
            seen = part.get("class") == "COLUMN_REF" and part["column_names"][-1] == source.clock
            if (seen and id(part) not in orders) or part.get("class") == "SUBQUERY":
                raise Entangled


def _check_window(window: Node, source: _ClockedRows) -> int:
    """A window looks back only.

    Returns:
        How many days; 0 for a sum from the first row on.
    """
    orders = [each["expression"] for each in window["orders"]]
    ascending = all(each["type"] in ("ORDER_DEFAULT", "ASCENDING") for each in window["orders"])
    ordered = ascending and [plain_columns([each]) for each in orders] == [{source.clock}]
    if window["type"] != "WINDOW_AGGREGATE" or not ordered or window["end"] not in _ENDS:
        raise Entangled
    ends = _days(window["end_expr"]) if window["end"] == "EXPR_PRECEDING_RANGE" else 0
    if ends < 0:
        raise Entangled
    if window["start"] == "EXPR_PRECEDING_RANGE":
        return _days(window["start_expr"])
    summed = window["function_name"] == "sum" and not window["distinct"]
    if window["start"] != "UNBOUNDED_PRECEDING" or not summed or window["filter_expr"] or ends:
        raise Entangled
    return 0


def _days_moved(each: Node) -> int:
    """By how many days a selected clock is moved."""
    if each["class"] == "CAST":
        return _days_moved(each["child"])
    if each["class"] == "FUNCTION" and each["function_name"] == "+":
        other = each["arguments"][-1]["expression"]
        if any(part.get("function_name") == "to_days" for part in walk(other)):
            return _days(other)
    return 0


def _adds_up(each: Node, raw: bool) -> bool:
    """Whether a column says of several rows taken as one the sum of what it says of each."""
    if each["class"] == "CAST":
        return _adds_up(each["child"], raw)
    if each["class"] == "COLUMN_REF":
        return True
    if each["class"] == "CONSTANT":
        return float(each["literal"]["text"]) == 0
    if each["class"] == "WINDOW":
        # Only what is seen through windows of days may be more than a sum.
        arguments = [argument["expression"] for argument in each["arguments"]]
        return all(argument["class"] == "COLUMN_REF" for argument in arguments)
    if each["class"] == "FUNCTION" and each["function_name"] == "/":
        one, other = (argument["expression"] for argument in each["arguments"])
        return other["class"] == "CONSTANT" and _adds_up(one, raw)
    if each["class"] != "FUNCTION" or each["function_name"] not in _COUNTS:
        return False
    if each["distinct"] or each["filter"]:
        return False
    arguments = [argument["expression"] for argument in each["arguments"]]
    plain = all(argument["class"] == "COLUMN_REF" for argument in arguments)
    return raw or (plain and each["function_name"] == "sum")


def _windows(node: Node) -> Iterator[Node]:
    """The windows of a SELECT, or of one of its values."""
    return (each for each in walk(node.get("select_list", node)) if each.get("class") == "WINDOW")


def _days(each: Node) -> int:
    """What an interval of constants comes to, in whole days."""
    if not any(part.get("function_name") == "to_days" for part in walk(each)):
        raise Entangled
    return int(_amount(each))


def _amount(each: Node) -> float:
    if each["class"] == "CAST":
        return _amount(each["child"])
    if each["class"] == "CONSTANT":
        return float(each["literal"]["text"])
    if each["class"] != "FUNCTION":
        raise Entangled
    parts = [_amount(argument["expression"]) for argument in each["arguments"]]
    if each["function_name"] in ("trunc", "to_days") and len(parts) == 1:
        return parts[0]
    if each["function_name"] in ("*", "-", "+") and len(parts) == 2:
        one, other = parts
        return {"*": one * other, "-": one - other, "+": one + other}[each["function_name"]]
    raise Entangled

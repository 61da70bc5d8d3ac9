"""The faults of a module: cosmic-ray's, one of each kind a place, and the same in its SQL."""

from __future__ import annotations

import ast
import io
import random
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

OPERATORS = (
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Lt_Gt",
    "ReplaceComparisonOperator_Gt_Lt",
    "ReplaceComparisonOperator_LtE_GtE",
    "ReplaceComparisonOperator_GtE_LtE",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_Invert",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
SQL = {
    "<=": "<",
    ">=": ">",
    " < ": " <= ",
    " > ": " >= ",
    " AND ": " OR ",
    " DESC": " ASC",
    "NOT DISTINCT": "DISTINCT",
    "IS NULL": "IS NOT NULL",
    "LEFT JOIN": "JOIN",
    "max(": "min(",
    " + ": " - ",
    " - ": " + ",
}


@dataclass(frozen=True)
class Fault:
    """An altered module.

    Attributes:
        line: the first that is another, from 1.
        before, after: the line.
        source: of the whole module.
    """

    line: int
    before: str
    after: str
    source: str


def drawn(source: str, most: int, seed: int) -> list[Fault]:
    """Some of a module's faults, always the same ones of the same source.

    Whether a value may be changed or compared is left out: nothing computes by it.
    """
    every = {
        fault.source: fault
        for fault in (*_of_code(source), *_of_sql(source))
        if not fault.before.startswith("@dataclass")
    }
    faults = sorted(every.values(), key=lambda fault: (fault.line, fault.after))
    chosen = random.Random(seed).sample(faults, min(most, len(faults)))
    return sorted(chosen, key=lambda fault: (fault.line, fault.after))


def _of_code(source: str) -> Iterator[Fault]:
    plain = _meaning(source)
    for name in OPERATORS:
        operator, occurrence = get_operator(f"core/{name}")(), 0
        while (altered := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            if _meaning(altered) != plain:
                yield _fault(source, altered)


def _of_sql(source: str) -> Iterator[Fault]:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    plain = _meaning(source)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.STRING:
            continue
        begin = starts[token.start[0] - 1] + token.start[1]
        end = starts[token.end[0] - 1] + token.end[1]
        if not re.search(r"[A-Z]{2,} |<=|>=", source[begin:end]):
            continue
        for old, new in SQL.items():
            for place in re.finditer(re.escape(old), source[begin:end]):
                at = begin + place.start()
                altered = source[:at] + new + source[at + len(old) :]
                if _meaning(altered) not in (plain, None):
                    yield _fault(source, altered)


def _fault(source: str, altered: str) -> Fault:
    pairs = zip(source.splitlines(), altered.splitlines(), strict=False)
    line, (before, after) = next(
        (number, pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1]
    )
    return Fault(line, before.strip(), after.strip(), altered)


def _meaning(source: str) -> str | None:
    """The module without docstrings and annotations; None where it is no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                each
                for each in body
                if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            ]
    return ast.dump(tree)

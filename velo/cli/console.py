"""What a person sees: tables on stdout, progress and complaints on stderr, JSON for scripts."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from velo.disk.printable import printable

DEBUG: ContextVar[bool] = ContextVar("debug", default=False)
_UNSEEN = re.compile(r"[^\x00-\x7e\u00a1-\u00ac\u00ae-\u05ff]")
"""What may be one of the characters that `printable` writes out."""


def emit_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object, the only thing on stdout; what a terminal obeys is escaped in it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.write(_UNSEEN.sub(_escaped, text) + "\n")


def say(line: str) -> None:
    """Print a line on stdout."""
    sys.stdout.write(printable(line) + "\n")


def note(line: str) -> None:
    """Print a line on stderr that is no complaint, as what a command waits for."""
    sys.stderr.write(printable(line) + "\n")


def error(line: str) -> None:
    """Complain on stderr, in one line."""
    sys.stderr.write(f"velo: {printable(' '.join(line.split()))}\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table on stdout; numbers stand to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    heading = escape(printable(title))
    grid = Table(title=heading, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for i, column in enumerate(columns):
        numeric = bool(rows) and all(_numeric(row[i]) for row in rows)
        grid.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(escape(printable(_cell(value))) for value in row))
    wide = None if sys.stdout.isatty() else 160
    Console(width=wide, highlight=False).print(grid)


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str], None]]:
    """A status line on stderr while something long goes on; quiet when not a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.console import Console
    from rich.markup import escape

    doing = escape(printable(doing))
    out = Console(stderr=True, highlight=False)
    begun = time.monotonic()
    with out.status(doing) as status:

        def tell(stage: str) -> None:
            seconds = time.monotonic() - begun
            status.update(f"{doing}: {escape(printable(stage))} [dim]({seconds:.0f} s)[/dim]")

        yield tell


def _escaped(match: re.Match[str]) -> str:
    """JSON's escape of a character that is not to be printed; a string read back is the same."""
    character = match.group()
    return character if printable(character) == character else json.dumps(character)[1:-1]


def _numeric(value: Any) -> bool:
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and value.strip("+-%, .0123456789") == ""


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)

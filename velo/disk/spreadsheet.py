"""Cells of a CSV that a person opens in a spreadsheet.

A spreadsheet computes a cell that begins as a formula does, whoever wrote it: the name of a horse
could fetch a page or run a program (OWASP, CSV Injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from velo.disk.printable import printable
from velo.disk.whole_file import draft_of

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a formula begins, also as East Asian keyboards have it."""
_NUMBER = re.compile(r"[+-]?(\d[\d,.]*%?)?")


def cell(value: Any) -> Any:
    r"""A value as a cell: text that a spreadsheet would compute gets an apostrophe in front.

    Control characters in a text are written out as ``\x1b``. A number stays a number, as a value
    and as a text; nothing that is not a text changes.
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    begins = text.lstrip()
    if begins.startswith(_FORMULA) and not _NUMBER.fullmatch(begins):
        return f"'{text}"
    return text


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV of harmless cells, completely or not at all.

    Raises:
        OSError: it cannot be written; the earlier file is still there.
    """
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in rows)


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame without its index, completely or not at all.

    A ``.csv`` has harmless cells; a ``.parquet`` holds the values as they are, for it is read by
    programs.

    Raises:
        OSError: it cannot be written; the earlier file is still there.
    """
    with draft_of(path) as draft:
        if path.suffix.lower() == ".csv":
            frame.map(cell).to_csv(draft, index=False)
        else:
            frame.to_parquet(draft, index=False)

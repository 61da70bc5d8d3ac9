"""A card as a request brings it, laid out as the file that `velo predict` takes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from velo.errors import InputError

ROWS_SHOWN = "the card that was posted"
_FILE = re.compile(r"\S*/card\.(csv|json)")


def written(folder: Path, body: bytes, media: str) -> Path:
    """Write a body as a card file.

    Args:
        folder: of this request's own.
        body: CSV; or JSON, a list of rows in the racecard's columns, or racecards as rpscrape or
            The Racing API write them.
        media: `text/csv` or `application/json`.

    Raises:
        InputError: it is not what it claims to be.
    """
    if media == "text/csv":
        path = folder / "card.csv"
        path.write_bytes(body)
        return path
    try:
        document = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{ROWS_SHOWN} is not JSON: {error}") from None
    if isinstance(document, dict):
        path = folder / "card.json"
        path.write_bytes(body)
        return path
    rows = _rows(document)
    path = folder / "card.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def renamed(error: InputError) -> InputError:
    """The error without the name of a file that no client knows."""
    return type(error)(_FILE.sub(ROWS_SHOWN, str(error)))


def _rows(items: Any) -> list[dict[str, str]]:
    if not isinstance(items, list) or not items:
        raise InputError(
            f"{ROWS_SHOWN} is neither a list of rows, one per runner, nor a racecard object"
        )
    rows = []
    for number, row in enumerate(items, 1):
        if not isinstance(row, dict):
            raise InputError(f"row {number} of {ROWS_SHOWN} is not an object of columns")
        for name, value in row.items():
            if isinstance(value, list | dict):
                raise InputError(
                    f"row {number} of {ROWS_SHOWN}: {name[:40]!r} is not text, number or true/false"
                )
        rows.append({name: _cell(value) for name, value in row.items()})
    return rows


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InputError(f"{ROWS_SHOWN} has a character that cannot be in a text")
    return text


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")

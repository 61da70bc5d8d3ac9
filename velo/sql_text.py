"""Names and texts as SQL writes them, in DuckDB as in SQLite.

What can be bound is bound. These are for what cannot: names of tables and columns, and the texts of
views and of statements that take no parameters.
"""

from __future__ import annotations


def literal(text: str) -> str:
    """A text as SQL, in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a table or column as SQL, in double quotes."""
    return '"' + name.replace('"', '""') + '"'

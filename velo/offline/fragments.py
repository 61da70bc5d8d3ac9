"""Pieces of SQL that more than one SELECT needs, each written once in `tables/fragments`.

A SELECT names a fragment in braces, `{is_handicap}`, or with arguments,
`{wins_and_starts(person: jockey)}`: the fragment has `{person}` where that one goes. An argument
may be a list, `{surprise_by_code(keys: sire, surface, who: sire, ...)}`. The comment at the
fragment's head stays out of the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from velo.errors import InputError
from velo.settings import FEATURE_REPO, feature_repo

_NAMED = re.compile(r"\{([a-z_]+)(?:\(([^{}]*)\))?\}")
_BETWEEN_ARGUMENTS = re.compile(r", (?=[a-z_]+: )")
_HEAD = re.compile(r"\A(?:--[^\n]*\n)+")


def fragments(repo: Path | None = None) -> dict[str, str]:
    """Name -> SQL of every fragment of a feature repo, and of ours that it does not have.

    Args:
        repo: the feature repo's folder; by default the one in force.
    """
    repo = feature_repo() if repo is None else repo
    return {
        path.stem: _HEAD.sub("", path.read_text(encoding="utf-8")).strip()
        for folder in (FEATURE_REPO, repo)
        for path in sorted((folder / "tables" / "fragments").glob("*.sql"))
    }


def with_fragments(
    sql: str, known: Mapping[str, str], where: str, around: tuple[str, ...] = ()
) -> str:
    """A SELECT with the fragments that it names written out; other names in braces stay.

    Args:
        sql: names fragments in braces.
        known: fragments, as `fragments` gives them.
        where: whose SQL it is, for the words of an error.
        around: the fragments that this text is written out for.

    Raises:
        InputError: a fragment has no place for an argument, or is named within itself.
    """

    def written_out(match: re.Match[str]) -> str:
        name, arguments = match.groups()
        if name not in known:
            return match[0]
        if name in around:
            raise InputError(f"{where}: fragment {name} names itself; write its SQL out")
        text = known[name]
        for argument in _BETWEEN_ARGUMENTS.split(arguments) if arguments else ():
            place, _, value = argument.partition(": ")
            if f"{{{place}}}" not in text:
                raise InputError(f"{where}: fragment {name} has no place for {argument!r}")
            text = text.replace(f"{{{place}}}", value)
        text = with_fragments(text, known, where, (*around, name))
        line = sql[sql.rfind("\n", 0, match.start()) + 1 :]
        return text.replace("\n", "\n" + " " * (len(line) - len(line.lstrip(" "))))

    return _NAMED.sub(written_out, sql)

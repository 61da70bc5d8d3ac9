"""The ledger's proof: its journal against its own chain and against the heads in MLflow.

MLflow's database is read as the SQLite file that it is: MLflow takes seconds to import, and a copy
in a backup is read in the same way.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from velo.disk.sqlite_file import read_sqlite_file
from velo.errors import HomeError
from velo.home import Home
from velo.live.chain import Head, Verified, verify
from velo.live.journal import STEPS

HEAD = "velo.ledger.head"
"""Tag of a day's run: a head of the chain as the run was written, `link:sha256`."""
ALWAYS = 10_000
"""The last predictions that are always looked at; it takes about a second."""


def verify_ledger(home: Home, whole: bool) -> Verified | None:
    """Verify the predictions of a home.

    Args:
        home: its journal, and the heads in its MLflow.
        whole: look at every prediction; else at those after the last recorded head, and at no
            fewer than the last `ALWAYS`.

    Returns:
        What was verified; None where nothing was ever predicted.

    Raises:
        HomeError: the journal is of another version, or a database cannot be read.
    """
    if not home.ledger.exists():
        return None
    heads = recorded_heads(home.root / "mlflow.db")
    with read_sqlite_file(home.ledger, STEPS) as con:
        (links,) = con.execute("SELECT count(*) FROM links").fetchone()
        last = max((head.link for head in heads.values()), default=0)
        since = 0 if whole else max(min(last, links - ALWAYS), 0)
        return verify(con, heads, since)


def chain_lines(proof: Verified | None) -> list[str]:
    """What was verified of the ledger's hash chain, and what is wrong, in lines for a person."""
    if proof is None:
        return []
    counted = f"{proof.checked:,} of {proof.links:,} predictions checked against the hash chain"
    head = f"head {proof.head.link}:{proof.head.sha256[:12]}" if proof.head else "no head"
    lines = [f"{counted}, {proof.recorded:,} heads in MLflow, {head}"]
    if proof.earlier:
        lines.append(
            f"{proof.earlier:,} predictions were made before the chain began, at {proof.begun}: "
            "nothing is proved about them before that"
        )
    return lines + [f"NOT AS RECORDED: {line}" for line in proof.lines]


def is_chained(path: Path) -> bool:
    """Whether a journal is of this version: an earlier one has no chain yet."""
    try:
        with closing(sqlite3.connect(path)) as con:
            return bool(con.execute("PRAGMA user_version").fetchone()[0] == len(STEPS))
    except sqlite3.DatabaseError:
        return False


def recorded_heads(database: Path) -> dict[str, Head]:
    """Day -> the head that its run in MLflow bears; none where there is no database.

    Raises:
        HomeError: it cannot be read.
    """
    if not database.exists():
        return {}
    place = f"{database.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(place, uri=True, timeout=10)) as con:
            if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'tags'").fetchall():
                return {}
            rows = con.execute(
                "SELECT r.name, t.value FROM tags AS t JOIN runs AS r USING (run_uuid) "
                "WHERE t.key = ? AND r.lifecycle_stage = 'active'",
                [HEAD],
            ).fetchall()
    except sqlite3.Error as error:
        raise HomeError(f"{database} cannot be opened: {error}; restore it from a backup") from None
    return {str(day): Head.of(text or "") for day, text in rows}

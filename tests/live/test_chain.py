"""A prediction that is changed past the triggers, and what the hash chain says of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.live.predicted import backed, race, runner
from velo.disk.sqlite_file import migrate
from velo.errors import HomeError
from velo.live.chain import FORM, FORMS, Head, Verified, verify
from velo.live.journal import STEPS, opened, record

TRIGGERS = (
    "predictions_stay",
    "predictions_last",
    "runners_stay",
    "runners_last",
    "links_stay",
    "links_last",
)


def three(path: Path) -> Path:
    """A journal of three races, the last of which was backfilled."""
    record(path, [race(1, [backed(1), runner(2, odds=None, number=None)]), race(2, [runner(3)])])
    record(path, [race(3, [runner(4)], backfill=True, off=None)])
    return path


def tampered(path: Path, *changes: str) -> None:
    """Somebody drops the triggers and does as they like."""
    with closing(sqlite3.connect(path)) as con, con:
        for name in TRIGGERS:
            con.execute(f"DROP TRIGGER {name}")
        for change in changes:
            con.execute(change)


def verified(path: Path, since: int = 0, **recorded: Head) -> Verified:
    with opened(path) as con:
        return verify(con, recorded, since)


def heads(path: Path) -> Sequence[Head]:
    with closing(sqlite3.connect(path)) as con:
        return [Head(*row) for row in con.execute("SELECT link, sha256 FROM links ORDER BY link")]


def test_each_prediction_is_one_link_of_a_chain_that_holds(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    proof = verified(path)
    assert (proof.links, proof.checked, proof.earlier, proof.faults) == (3, 3, 0, ())
    assert proof.head == heads(path)[-1]
    assert Head.of(str(proof.head)) == proof.head


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "UPDATE runners SET odds = 2 * odds WHERE horse_id = 1",
            "prediction 1 (2026-05-02 Ripon 14:30) is not what was recorded",
        ),
        (
            "UPDATE runners SET odds = 6 WHERE horse_id = 2",
            "prediction 1 (2026-05-02 Ripon 14:30) is not what was recorded",
        ),
        (
            "UPDATE runners SET number = 'a' WHERE horse_id = 3",
            "prediction 2 (2026-05-02 Ripon 14:30) is not what was recorded",
        ),
        (
            "UPDATE predictions SET backfill = 0",
            "prediction 3 (2026-05-02 Ripon) is not what was recorded",
        ),
        (
            "DELETE FROM runners WHERE horse_id = 2",
            "prediction 1 (2026-05-02 Ripon 14:30) is not what was recorded",
        ),
        ("DELETE FROM predictions WHERE prediction = 2", "prediction 2, link 2, is gone"),
        (
            "INSERT INTO predictions SELECT 9, 9, 1, made, deadline, backfill, day, course, off, "
            "race_name, version, run_id, sha256, source, build, price_kind, decision, settlement, "
            "strategy FROM predictions WHERE prediction = 1",
            "prediction 9 (2026-05-02 Ripon 14:30) is not in the chain: VÉLØ did not add it",
        ),
        ("UPDATE links SET form = 77 WHERE link = 3", "prediction 3, link 3, is gone"),
        (
            "UPDATE chain SET earlier = 3",
            "prediction 1 (2026-05-02 Ripon 14:30) is not what was recorded",
        ),
    ],
)
def test_one_change_past_the_triggers_is_one_fault(tmp_path: Path, change: str, fault: str) -> None:
    path = three(tmp_path / "ledger.db")
    tampered(path, change)
    assert verified(path).faults == (fault,)


def test_a_prediction_that_is_taken_out_with_its_link_leaves_a_gap(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    tampered(
        path,
        "DELETE FROM runners WHERE prediction = 2",
        "DELETE FROM predictions WHERE prediction = 2",
        "DELETE FROM links WHERE link = 2",
    )
    assert verified(path).faults == ("link 2 is missing: a prediction was removed",)


def test_a_tail_that_was_cut_lacks_a_recorded_head_and_no_other(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    first, _, last = heads(path)
    tampered(
        path,
        "DELETE FROM runners WHERE prediction = 3",
        "DELETE FROM predictions WHERE prediction = 3",
        "DELETE FROM links WHERE link = 3",
    )
    assert verified(path).holds, "a chain alone does not know how long it was"
    proof = verified(path, first=first, last=last)
    assert len(proof.faults) == 1
    assert proof.faults[0].startswith("MLflow's run last has link 3, which is not in the chain")


def test_a_chain_that_was_made_anew_over_changed_rows_lacks_the_recorded_heads(
    tmp_path: Path,
) -> None:
    path = three(tmp_path / "ledger.db")
    kept = heads(path)[1]
    tampered(
        path,
        "UPDATE runners SET odds = 50 WHERE horse_id = 1",
        "DROP TABLE links",
        "DROP TABLE chain",
        "PRAGMA user_version = 1",
    )
    migrate(path, STEPS)
    assert verified(path).holds
    assert (
        verified(path, day=kept)
        .faults[0]
        .startswith("link 2 of the chain is not the one in MLflow's run day")
    )


def test_a_head_stays_in_the_chain_as_it_grows(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    kept = heads(path)[-1]
    record(path, [race(4, [runner(5)])])
    assert verified(path, day=kept).holds


def test_after_a_verified_head_only_what_is_new_is_looked_at(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    tampered(path, "UPDATE runners SET odds = 7 WHERE horse_id IN (1, 4)")
    proof = verified(path, since=2)
    assert (proof.links, proof.checked, proof.broken) == (3, 1, 1)
    assert proof.faults[0].startswith("prediction 3 ")


def test_an_earlier_journal_is_chained_at_its_migration_and_says_since_when(
    tmp_path: Path,
) -> None:
    path = three(tmp_path / "ledger.db")
    tampered(path, "DROP TABLE links", "DROP TABLE chain", "PRAGMA user_version = 1")
    assert migrate(path, STEPS) == 1
    record(path, [race(4, [runner(5)])])
    proof = verified(path)
    assert (proof.links, proof.earlier, proof.holds) == (4, 3, True)
    assert proof.begun.endswith("+00:00")


def test_a_prediction_that_fails_leaves_no_link(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    with pytest.raises(HomeError):
        record(path, [race(8, [runner(1)]), race(9, [runner(1), runner(1)])])
    assert verified(path).links == 3


@pytest.mark.parametrize("change", ["UPDATE links SET sha256 = ''", "DELETE FROM links"])
def test_nobody_changes_a_link(tmp_path: Path, change: str) -> None:
    path = three(tmp_path / "ledger.db")
    with (
        closing(sqlite3.connect(path)) as con,
        pytest.raises(sqlite3.IntegrityError, match="never"),
    ):
        con.execute(change)


def test_a_link_covers_every_column_of_a_prediction_and_its_runners(tmp_path: Path) -> None:
    path = three(tmp_path / "ledger.db")
    with closing(sqlite3.connect(path)) as con:
        columns = {
            table: {row[1] for row in con.execute(f"PRAGMA table_info({table})")}
            for table in ("predictions", "runners")
        }
    form = FORMS[FORM]
    assert set(form.race) == columns["predictions"]
    assert {"prediction", *form.wholes, *form.floats, *form.texts} == columns["runners"]

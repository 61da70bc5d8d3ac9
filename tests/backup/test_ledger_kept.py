"""The ledger's hash chain and the heads in MLflow: in the home, in backups, and after a restore."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.backup.forged import STORE
from tests.cli.velo_command import velo
from tests.live.predicted import backed, race, runner
from tests.live.test_chain import tampered
from tests.monitoring.test_daily_runs import DAYS, SETTINGS, ledger, runs
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.home import Home
from velo.live.journal import record
from velo.live.proof import HEAD, recorded_heads, verify_ledger
from velo.monitoring.daily_runs import record_days

FIELD = [backed(1), backed(2), runner(3), runner(4)]


def predict(home: Home, number: int) -> None:
    record(home.ledger, [race(number, FIELD, day=DAYS[number])])


def enter(home: Home, *winners: int) -> None:
    """What `velo ledger` does: verify, then write the days with the head."""
    proof = verify_ledger(home, whole=False)
    assert proof is not None
    assert proof.holds
    record_days(home, SETTINGS, ledger(list(winners)), proof.head)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Two days predicted and entered, then a third predicted; its tests write to copies only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("kept") / "home"))
        home = Home.current()
        for day in range(2):
            predict(home, day)
            enter(home, *[1, 3][: day + 1])
        predict(home, 2)
        yield home


def copied(home: Home, root: Path) -> Home:
    """The home as an archive has it."""
    backup(home, STORE, root / "kept.tar.gz")
    restore(root / "kept.tar.gz", root / "again")
    return Home(root / "again")


@pytest.mark.slow
def test_each_days_run_bears_the_head_as_it_was_written(home: Home) -> None:
    tags = {day: run.data.tags[HEAD] for day, run in runs(home).items()}
    assert [tags[day.isoformat()].partition(":")[0] for day in DAYS[:2]] == ["1", "2"]
    assert {day: str(head) for day, head in recorded_heads(home.root / "mlflow.db").items()} == tags


@pytest.mark.slow
def test_a_backup_of_yesterday_that_was_restored_holds_and_goes_on(
    home: Home, tmp_path: Path
) -> None:
    again = copied(home, tmp_path)
    predict(again, 3)
    proof = verify_ledger(again, whole=True)
    assert proof is not None
    assert (proof.links, proof.recorded, proof.holds) == (4, 2, True)


@pytest.mark.slow
def test_yesterdays_ledger_under_todays_mlflow_is_named(home: Home, tmp_path: Path) -> None:
    again = copied(home, tmp_path)
    tampered(
        again.ledger,
        *(
            f"DELETE FROM {table} WHERE {name} > 1"
            for table, name in (
                ("runners", "prediction"),
                ("predictions", "prediction"),
                ("links", "link"),
            )
        ),
    )
    ran = velo(again.root, "audit", "--ledger")
    assert ran.code == 1
    assert f"NOT AS RECORDED: MLflow's run {DAYS[1]} has link 2, which is not in" in ran.out


@pytest.mark.slow
def test_another_homes_ledger_in_its_place_is_named(home: Home, tmp_path: Path) -> None:
    again = copied(home, tmp_path)
    again.ledger.unlink()
    for number in range(3):
        record(again.ledger, [race(number, [runner(9)], day=DAYS[number])])
    proof = verify_ledger(again, whole=False)
    assert proof is not None
    assert proof.broken == 2
    assert proof.faults[0].startswith(
        f"link 1 of the chain is not the one in MLflow's run {DAYS[0]}"
    )


@pytest.mark.slow
def test_a_changed_ledger_is_named_by_ledger_audit_and_backup_and_no_head_of_it_is_recorded(
    home: Home, tmp_path: Path
) -> None:
    again = copied(home, tmp_path)
    tampered(again.ledger, "UPDATE runners SET odds = 2 * odds WHERE prediction = 1")
    heads = recorded_heads(again.root / "mlflow.db")
    fault = f"NOT AS RECORDED: prediction 1 ({DAYS[0]} Ripon 14:30) is not what was recorded"
    for words in (("ledger",), ("audit", "--ledger"), ("backup", str(tmp_path / "b.tar.gz"))):
        ran = velo(again.root, *words)
        assert ran.code == 1, ran
        assert fault in ran.out.replace("\n", " ")
    assert velo(again.root, "ledger", "--json").json["chain"]["broken"] == 1
    assert recorded_heads(again.root / "mlflow.db") == heads
    restore(tmp_path / "b.tar.gz", tmp_path / "kept all the same")


@pytest.mark.slow
def test_a_backup_while_days_are_predicted_and_entered_holds_its_own_heads(
    home: Home, tmp_path: Path
) -> None:
    """MLflow's database is copied first: a head that is recorded later is not in the copy."""
    busy = copied(home, tmp_path)

    def meanwhile(stage: str) -> None:
        if stage == "copying ledger.db":
            predict(busy, 3)
            enter(busy, 1, 3, 3, 2)
            predict(busy, 0)

    kept = backup(busy, STORE, tmp_path / "busy.tar.gz", tell=meanwhile)
    assert kept.ledger == ()
    restore(tmp_path / "busy.tar.gz", tmp_path / "third")
    proof = verify_ledger(Home(tmp_path / "third"), whole=True)
    assert proof is not None
    assert (proof.links, proof.recorded, proof.holds) == (5, 2, True)


def test_an_archive_holds_the_ledger_that_it_cannot_read(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    with closing(sqlite3.connect(home.ledger)) as con, con:
        con.execute("CREATE TABLE predictions (n)")
    assert backup(home, STORE, tmp_path / "a.tar.gz").ledger == ()

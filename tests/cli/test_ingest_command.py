"""`velo ingest`: what is kept, what is taken back, and what it exits with."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.live.predicted import race as predicted
from tests.live.predicted import runner
from tests.warehouse.raceform_file import STORE, ask, file_of, load, race, row
from velo.home import Home
from velo.live.journal import record
from velo.warehouse.connection import warehouse


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder, with a hash of its bytes."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_dry_run_in_a_new_home_makes_no_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = file_of(tmp_path, [*race(), row("", "4")])
    answer = velo(home, "ingest", "--dry-run", "--json", str(path))
    assert answer.code == 0
    (batch,) = answer.json["files"]
    assert (batch["accepted"], batch["quarantined"]) == (3, 1)
    assert answer.json["dry_run"] is True
    assert not home.exists()


@pytest.mark.slow
def test_a_dry_run_changes_no_byte_and_sees_its_files_one_after_another(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    before = files(home.root)
    second = race(date="2015-05-01")
    one = file_of(tmp_path, second, "one.csv")
    two = file_of(tmp_path, [*second, row("Delta", "4", date="2015-05-01")], "two.csv")
    answer = velo(home.root, "ingest", "--dry-run", "--json", str(one), str(two))
    assert [each["accepted"] for each in answer.json["files"]] == [3, 1]
    assert files(home.root) == before
    kept = velo(home.root, "ingest", "--json", str(one), str(two))
    same = ("accepted", "updated", "unchanged", "quarantined", "notes")
    for tried, done in zip(answer.json["files"], kept.json["files"], strict=True):
        assert {name: tried[name] for name in same} == {name: done[name] for name in same}


@pytest.mark.slow
def test_a_batch_is_taken_back_unless_the_ledger_names_a_race_of_it(
    home: Home, tmp_path: Path
) -> None:
    path = file_of(tmp_path, race())
    load(home, path)
    ((race_id, horse),) = ask(home, "SELECT race_id, min(horse_id) FROM runners GROUP BY 1")
    record(home.ledger, [predicted(race_id, [runner(horse)])])
    refused = velo(home.root, "ingest", "--undo", "1")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "has a prediction in the ledger" in refused.err
    home.ledger.unlink()
    done = velo(home.root, "ingest", "--undo", "1", "--json")
    assert (done.code, done.json["gone"]) == (0, 1)
    assert "undo of 1" in velo(home.root, "ingest", "--batches").out
    assert velo(home.root, "ingest", "--json", str(path)).json["files"][0]["accepted"] == 3


def test_a_file_of_which_nothing_was_accepted_exits_1(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [row("", "1"), row("Alpha", "1", date="soon")])
    assert velo(home.root, "ingest", str(path)).code == 1
    assert velo(home.root, "ingest", str(file_of(tmp_path, race(), "good.csv"))).code == 0


def test_a_wrong_mixture_of_words_exits_2(home: Home, tmp_path: Path) -> None:
    path = str(file_of(tmp_path, race()))
    for words in ([], [path, "--undo", "1"], ["--undo", "1", "--dry-run"], ["--recheck", path]):
        answer = velo(home.root, "ingest", *words)
        assert (answer.code, answer.err.count("\n")) == (2, 1)


@pytest.mark.slow
def test_status_names_a_recheck_and_the_recheck_names_the_files(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, race())
    load(home, path)
    with warehouse(home, STORE, write=True) as con:
        con.execute("UPDATE import_batches SET reader_version = 1")
    status = velo(home.root, "status", "--json")
    assert status.json["due"][0]["command"] == "velo ingest --recheck"
    answer = velo(home.root, "ingest", "--recheck")
    assert (answer.code, path.name in answer.out) == (0, True)
    assert velo(home.root, "ingest", str(path)).code == 0
    after = velo(home.root, "status", "--json").json["due"]
    assert "velo ingest --recheck" not in [each["command"] for each in after]

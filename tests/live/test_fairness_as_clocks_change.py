"""Which predictions count on the days on which clocks change, by the ledger of a home."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.live.predicted import backed
from tests.live.predicted import race as predicted
from tests.warehouse.raceform_file import STORE, ask, file_of, load
from tests.warehouse.test_clock_changes import californian
from tests.warehouse.test_offs import card, meeting, utc
from velo.home import Home
from velo.live.journal import record
from velo.live.ledger_view import view_ledger
from velo.settings import Settings
from velo.warehouse.ingest import ingest

MINUTE = dt.timedelta(minutes=1)


def predict(home: Home, race_id: int, off: dt.datetime) -> None:
    """Predict a race a minute before and a minute after a moment, each with a later deadline."""
    horses = ask(home, f"SELECT horse_id FROM runners WHERE race_id = {race_id} ORDER BY ALL")
    for revision, made in enumerate((off - MINUTE, off + MINUTE), 1):
        one = predicted(
            race_id,
            [backed(horse) for (horse,) in horses],
            made=made.isoformat(),
            deadline=(off + 10 * MINUTE).isoformat(),
            day=off.date(),
            off=None,
            revision=revision,
        )
        record(home.ledger, [one])


def counting(home: Home) -> dict[int, tuple[int, bool]]:
    """Race -> the revision that counts, and whether it is fair."""
    runners = view_ledger(home, Settings(store=STORE), backfilled=True).runners
    return {
        int(race): (int(of_race["revision"].iloc[0]), not of_race["backfill"].iloc[0])
        for race, of_race in runners.groupby("race_id")
    }


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("course", "day", "written", "off"),
    [
        ("Santa Anita (USA)", "2023-11-05", "21:00", utc(5, 21, month=11)),
        ("Doncaster", "2023-03-26", "1:50", utc(26, 12, 50, month=3)),
        ("Doncaster", "2023-10-29", "1:50", utc(29, 13, 50, month=10)),
        ("Curragh (IRE)", "2023-03-26", "1:30", utc(26, 12, 30, month=3)),
        ("Curragh (IRE)", "2023-10-29", "1:30", utc(29, 13, 30, month=10)),
        ("Aqueduct (USA)", "2023-03-12", "17:20", utc(12, 17, 20, month=3)),
        ("Longchamp (FR)", "2023-03-26", "1:50", utc(26, 12, 50, month=3)),
        ("Sha Tin (HK)", "2023-10-29", "6:35", utc(29, 6, 35, month=10)),
        ("Randwick (AUS)", "2023-10-01", "3:05", utc(1, 2, 5, month=10)),
        ("Flemington (AUS)", "2023-04-02", "6:05", utc(2, 5, 5, month=4)),
    ],
)
def test_the_last_prediction_before_the_off_counts_whoever_changed_the_clock(
    home: Home, tmp_path: Path, course: str, day: str, written: str, off: dt.datetime
) -> None:
    load(home, file_of(tmp_path, meeting(course, day, written)))
    ((race_id,),) = ask(home, "SELECT race_id FROM races")
    predict(home, race_id, off)
    assert counting(home) == {race_id: (1, True)}


def test_of_two_races_that_london_shows_at_one_time_each_is_held_to_its_own_off(
    home: Home, tmp_path: Path
) -> None:
    path = card(tmp_path, californian("Alder", "17:15") + californian("Birch", "18:15"))
    ingest(home, STORE, path, "racecard", clock=lambda: utc(28, 12, month=10))
    races = ask(home, "SELECT race_id, off_at FROM races ORDER BY off_at")
    for race_id, off in races:
        predict(home, race_id, off)
    assert counting(home) == {race_id: (1, True) for race_id, _ in races}

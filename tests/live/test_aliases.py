"""What was predicted under an id that is an alias now is settled as what it stands for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.live.predicted import backed, race, runner
from tests.warehouse.bare_files import card_file, old_file
from tests.warehouse.raceform_file import STORE, ask, file_of, load, row
from velo.home import Home
from velo.live.aliases import resolve
from velo.live.journal import predictions, record
from velo.live.ledger_view import view_ledger
from velo.settings import Settings

DAY = date(2018, 7, 1)


def declared(home: Home) -> tuple[int, dict[str, int]]:
    """The race of the card, and its horses by name."""
    rows = ask(
        home,
        "SELECT race_id, horse, horse_id FROM runners JOIN races USING (race_id) "
        f"WHERE date = DATE '{DAY}'",
    )
    return rows[0][0], {horse: horse_id for _, horse, horse_id in rows}


def results(folder: Path, course: str) -> Path:
    return file_of(
        folder,
        [
            row(
                horse,
                str(place),
                num=str(place),
                date=str(DAY),
                course=course,
                off="2:45",
                age="3",
                sp="4/1",
            )
            for place, horse in enumerate(("Alder Bough (IRE)", "Birch Hollow (FR)"), 1)
        ],
        "results.csv",
    )


def test_a_race_and_horses_that_were_joined_since_are_settled(home: Home, tmp_path: Path) -> None:
    """A card without countries, predicted; its result has the race in Ireland."""
    load(home, card_file(tmp_path, ["Alder Bough", "Birch Hollow"], course="Leopardstown"))
    race_id, horses = declared(home)
    record(
        home.ledger,
        [
            race(
                race_id,
                [backed(horses["Alder Bough"]), runner(horses["Birch Hollow"])],
                day=DAY,
                made="2018-07-01T08:00:00+00:00",
            )
        ],
    )
    load(home, results(tmp_path, "Leopardstown (IRE)"))
    assert ask(home, "SELECT count(*) FROM races") == [(1,)]
    book = view_ledger(home, Settings(home=home.root))
    assert book.bets["state"].tolist() == ["ran"]
    assert book.bets["profit_sp"].tolist() == [4.0]


@pytest.mark.few(1)
@pytest.mark.parametrize("both_predicted", [True, False])
def test_predictions_under_the_younger_id_settle_after_the_join(
    home: Home, tmp_path: Path, both_predicted: bool
) -> None:
    """The card's race comes second, and evidence for its horses later still."""
    load(
        home,
        old_file(tmp_path, ["Alder Bough"], "may.csv", date="01 May 2018", trainer="C Trainer"),
    )
    load(home, results(tmp_path, "Leopardstown (IRE)"))
    older, _ = declared(home)
    infer_later = card_file(tmp_path, ["Alder Bough", "Birch Hollow"], course="Leopardstown")
    from velo.warehouse.ingest import ingest

    ingest(home, STORE, infer_later, infers=False)
    rows = ask(
        home,
        "SELECT race_id, horse, horse_id FROM runners JOIN races USING (race_id) "
        "WHERE course = 'Leopardstown'",
    )
    younger = rows[0][0]
    names = {horse: horse_id for _, horse, horse_id in rows}
    made = race(
        younger,
        [backed(names["Alder Bough"]), runner(names["Birch Hollow"])],
        day=DAY,
        made="2018-07-01T08:00:00+00:00",
    )
    record(home.ledger, [made])
    if both_predicted:
        record(home.ledger, [replace(made, race_id=older, made="2018-07-01T07:00:00+00:00")])
    stored = predictions(home.ledger)
    from velo.warehouse.connection import warehouse
    from velo.warehouse.doubles import mend

    with warehouse(home, STORE, write=True) as con:
        con.execute("BEGIN TRANSACTION")
        mend(con, 9)
        con.execute("COMMIT")
    assert (younger, older) in ask(home, "SELECT alias, id FROM aliases WHERE kind = 'race'")
    book = view_ledger(home, Settings(home=home.root))
    assert book.bets["race_id"].tolist() == [older]
    assert book.bets["profit_sp"].tolist() == [4.0]
    assert predictions(home.ledger) == stored


def test_of_two_ids_of_one_race_the_prediction_made_last_counts() -> None:
    early = race(7, [backed(1)], made="2026-05-02T08:00:00+00:00", revision=2)
    late = race(8, [backed(2)], made="2026-05-02T09:00:00+00:00", revision=1)
    first, second = resolve([late, early], {"race": {8: 7}, "horse": {2: 1}})
    assert [(each.race_id, each.revision, each.made) for each in (first, second)] == [
        (7, 1, early.made),
        (7, 2, late.made),
    ]
    assert second.runners[0].horse_id == 1

"""Jockey and trainer under each other's heading: told race by race, and what was concluded said."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse.headers import (
    RPSCRAPE_2018,
    RPSCRAPE_2019,
    RPSCRAPE_DEC_2018,
    RPSCRAPE_FEB_2019,
    RPSCRAPE_OCT_2021,
    file_with,
)
from tests.warehouse.raceform_file import ask, load
from tests.warehouse.staged import staged
from velo.home import Home

HORSES = ("Alder Bough", "Birch Hollow", "Cedar Lane")
RIDERS = ("Rider Alpha(5)", "Rider Bravo", "Rider Charlie")
TRAINERS = ("Trainer Zulu", "Trainer Yankee", "Trainer X-Ray")
Row = dict[str, str]


def race_of(
    date: str, swapped: bool, dec: str = "", trainers: tuple[str, ...] = TRAINERS
) -> list[Row]:
    """Three runners of one race, as rpscrape wrote them."""
    return [
        {
            "date": date,
            "course": "Newbury",
            "time": "2:25",
            "race_name": "Invented Hurdle",
            "pos": str(place),
            "name": horse,
            "horse_name": horse,
            "sp": "9/2",
            "dec": dec,
            "jockey": trainer if swapped else rider,
            "trainer": rider if swapped else trainer,
        }
        for place, (horse, rider, trainer) in enumerate(
            zip(HORSES, RIDERS, trainers, strict=True), 1
        )
    ]


def written(path: Path, header: str, *races: list[Row]) -> Path:
    columns = header.split(",")
    return file_with(
        path,
        columns,
        *({name: row.get(name, "") for name in columns} for race in races for row in race),
    )


def people(path: Path) -> list[tuple[str, str]]:
    return [(row["jockey"], row["trainer"]) for row in staged(path)[1]]


RIGHT = list(zip(RIDERS, TRAINERS, strict=True))


def test_without_a_column_dec_the_trainer_stands_under_jockey(tmp_path: Path) -> None:
    for header in (RPSCRAPE_2018, RPSCRAPE_DEC_2018):
        path = written(tmp_path / "old.csv", header, race_of("08 Dec 2018", swapped=True))
        assert people(path) == RIGHT
        (note,) = staged(path)[0].notes
        assert note == (
            "1 races have jockey and trainer under each other's heading: rpscrape wrote them so "
            "before it had a column dec"
        )


def test_with_a_column_dec_they_are_as_headed_and_nothing_is_to_be_said(tmp_path: Path) -> None:
    for header in (RPSCRAPE_FEB_2019, RPSCRAPE_2019):
        path = written(tmp_path / "new.csv", header, race_of("2019-02-09", False, "5.50"))
        assert people(path) == RIGHT
        assert staged(path)[0].notes == ()


def test_a_header_that_lost_a_comma_loses_no_column(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", RPSCRAPE_FEB_2019, race_of("2019-02-09", False, "5.50"))
    header, *rows = path.read_text().splitlines()
    quoted = ",".join(f'"{name}"' for name in header.split(",")).replace(
        '"dec","age"', '"dec""age"'
    )
    path.write_text("\n".join([quoted, *rows]) + "\n")
    staging, read = staged(path)
    assert (staging.reader.name, staging.rows_read, len(read)) == ("rpscrape_old", 3, 3)
    assert people(path) == RIGHT
    assert [row["price_sp"] for row in read] == ["9/2"] * 3


def test_a_file_of_both_kinds_is_right_in_each_of_its_races(tmp_path: Path) -> None:
    path = written(
        tmp_path / "joined.csv",
        RPSCRAPE_FEB_2019,
        race_of("24 Nov 2018", swapped=True),
        race_of("2019-02-09", False, "5.50"),
        race_of("01 Dec 2018", swapped=True),
    )
    assert people(path) == RIGHT * 3


def test_nobody_rides_two_horses_of_one_race(tmp_path: Path) -> None:
    """Between 4 December 2018 and 19 January 2019 the columns were right, without a `dec`."""
    one_yard = ("Trainer Zulu", "Trainer Zulu", "Trainer Yankee")
    for swapped in (True, False):
        path = written(
            tmp_path / "file.csv",
            RPSCRAPE_DEC_2018,
            race_of("02 Jan 2019", swapped, trainers=one_yard),
            race_of("03 Jan 2019", swapped),
        )
        assert people(path) == [*zip(RIDERS, one_yard, strict=True), *RIGHT]
    assert staged(path)[0].notes == (
        "1 races have jockey and trainer under their own heading: known names and who rides once "
        "a race say so",
        "1 races have jockey and trainer under their own heading: the nearest days of the file say "
        "so",
    )


def test_the_rider_of_a_withdrawn_horse_may_be_placed_on_another(tmp_path: Path) -> None:
    """He stands twice in a race that has its columns swapped, and tells nothing by it."""
    race = race_of("24 Nov 2018", swapped=True)
    other = race_of("25 Nov 2018", swapped=True, trainers=("Trainer Zulu",) * 3)
    race[2] |= {"pos": "NR", "trainer": race[0]["trainer"]}
    path = written(tmp_path / "file.csv", RPSCRAPE_2018, race, other)
    assert [rider for rider, _ in people(path)] == [*RIDERS[:2], RIDERS[0], *RIDERS]


def test_people_whom_the_warehouse_knows_tell_the_columns_apart(home: Home, tmp_path: Path) -> None:
    known = race_of("2022-05-01", swapped=False)
    later = [row | {"off": "2:25", "horse": row["name"]} for row in known]
    load(home, written(tmp_path / "later.csv", RPSCRAPE_OCT_2021, later))
    load(
        home,
        written(
            tmp_path / "file.csv",
            RPSCRAPE_DEC_2018,
            race_of("02 Jan 2019", swapped=False),
            race_of("03 Nov 2018", swapped=True),
        ),
    )
    assert ask(home, "SELECT count(*) FROM runners WHERE jockey LIKE 'Rider%'") == [(9,)]
    assert ask(home, "SELECT count(*) FROM runners WHERE trainer LIKE 'Trainer%'") == [(9,)]
    ((notes,),) = ask(home, "SELECT notes FROM import_batches WHERE format = 'rpscrape_old'")
    assert len(notes) == 2


def test_a_column_dec_that_somebody_added_later_is_not_believed_against_many_names(
    home: Home, tmp_path: Path
) -> None:
    known = race_of("2022-05-01", swapped=False)
    later = [row | {"off": "2:25", "horse": row["name"]} for row in known]
    load(home, written(tmp_path / "later.csv", RPSCRAPE_OCT_2021, later))
    days = [race_of(f"{day:02} Nov 2018", swapped=True, dec="5.50") for day in range(1, 4)]
    load(home, written(tmp_path / "file.csv", RPSCRAPE_FEB_2019, *days))
    assert ask(home, "SELECT count(*) FROM runners WHERE jockey LIKE 'Rider%'") == [(12,)]

"""A source that writes no country tells of the race that another places: evidence joins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.bare_files import slug_file
from tests.warehouse.raceform_file import STORE, ask, file_of, load, row
from velo.errors import InputError
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.unmerge import unmerge

IRISH = ("Cedar Lane (IRE)", "Damson Row (GB)", "Elder Field (IRE)")
RACES = "SELECT region, course, off FROM races ORDER BY ALL"


def abroad(
    folder: Path, horses: tuple[str, ...] = IRISH, name: str = "raceform.csv", **race: str
) -> Path:
    """The same race as raceform writes it, with the country behind the course."""
    usual = {
        "date": "2020-06-12",
        "course": "Leopardstown (IRE)",
        "off": "3:10",
        "race_id": "981001",
    }
    return file_of(
        folder,
        [row(horse, str(place), **(usual | race)) for place, horse in enumerate(horses, 1)],
        name,
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("countries_first", [True, False])
@pytest.mark.parametrize(
    ("slug", "course", "region"),
    [
        ("leopardstown", "Leopardstown (IRE)", "IRE"),
        ("gowran-park", "Gowran Park (IRE)", "IRE"),
        ("longchamp", "Longchamp (FR)", "FR"),
        ("newcastle", "Newcastle (AUS)", "AUS"),
        ("dundalk-aw", "Dundalk (AW) (IRE)", "IRE"),
        ("dundalk", "Dundalk (AW) (IRE)", "IRE"),
    ],
)
def test_a_race_without_a_country_is_the_race_that_has_its_horses(
    home: Home, tmp_path: Path, countries_first: bool, slug: str, course: str, region: str
) -> None:
    files = [abroad(tmp_path, course=course), slug_file(tmp_path, IRISH, Course=slug)]
    for path in files if countries_first else files[::-1]:
        load(home, path)
    assert ask(home, "SELECT region, course FROM races") == [(region, course)]
    assert ask(home, "SELECT count(*), count(DISTINCT horse_id) FROM runners") == [(3, 3)]
    assert ask(
        home,
        f"SELECT count(*) FROM races JOIN courses USING (course_id) WHERE country = '{region}'",
    ) == [(1,)]


@pytest.mark.slow
@pytest.mark.parametrize("countries_first", [True, False])
def test_the_older_id_is_kept_and_the_other_is_its_alias(
    home: Home, tmp_path: Path, countries_first: bool
) -> None:
    files = [abroad(tmp_path), slug_file(tmp_path, IRISH)]
    first, second = files if countries_first else files[::-1]
    load(home, first)
    ((older,),) = ask(home, "SELECT race_id FROM races")
    load(home, second)
    assert ask(home, "SELECT race_id FROM races") == [(older,)]
    ((alias, own),) = ask(home, "SELECT alias, id FROM aliases WHERE kind = 'race'")
    assert own == older != alias


@pytest.mark.slow
def test_each_source_adds_what_the_other_leaves_out(home: Home, tmp_path: Path) -> None:
    load(home, slug_file(tmp_path, IRISH, RPR="82", Jockey="B Rider"))
    load(home, abroad(tmp_path, rpr="", jockey=""))
    assert ask(
        home, "SELECT DISTINCT rpr, jockey FROM runners JOIN results USING (race_id, horse_id)"
    ) == [(82.0, "B Rider")]
    prices = "SELECT source, count(*) FROM prices_history WHERE kind = 'sp' GROUP BY ALL ORDER BY 1"
    assert ask(home, prices) == [("raceform", 3), ("rpscrape", 3)]


@pytest.mark.slow
@pytest.mark.parametrize("off", ["3:20", "3:05", "03:10"])
def test_offs_within_minutes_or_half_a_day_apart_are_one_races(
    home: Home, tmp_path: Path, off: str
) -> None:
    load(home, abroad(tmp_path))
    load(home, slug_file(tmp_path, IRISH, Off=off))
    assert ask(home, "SELECT count(*) FROM races") == [(1,)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("horses", "race"),
    [
        (("Alder Bough (IRE)", "Birch Hollow (FR)", "Hazel Dene (IRE)"), {}),
        (("Cedar Lane (IRE)", "Birch Hollow (FR)", "Hazel Dene (IRE)"), {}),
        (IRISH, {"Off": "5:10"}),
        (IRISH, {"Date": "2020-06-13"}),
        (IRISH, {"Course": "curragh"}),
        (("Cedar Lane (FR)", "Damson Row (USA)", "Elder Field (AUS)"), {}),
    ],
    ids=["other horses", "one horse", "another off", "another day", "another course", "namesakes"],
)
def test_a_name_of_a_course_alone_joins_nothing(
    home: Home, tmp_path: Path, horses: tuple[str, ...], race: dict[str, str]
) -> None:
    load(home, abroad(tmp_path))
    load(home, slug_file(tmp_path, horses, **race))
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]


@pytest.mark.slow
def test_two_sources_that_both_name_a_country_are_believed(home: Home, tmp_path: Path) -> None:
    load(home, abroad(tmp_path, course="Newcastle (AUS)"))
    load(home, abroad(tmp_path, course="Newcastle (NZ)", name="other.csv"))
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]


@pytest.mark.slow
def test_one_joined_race_places_the_other_races_of_its_course(home: Home, tmp_path: Path) -> None:
    others = ("Alder Bough (IRE)", "Birch Hollow (FR)")
    load(home, slug_file(tmp_path, others, "early.csv", Off="1:10"))
    load(home, abroad(tmp_path))
    load(home, slug_file(tmp_path, IRISH))
    assert ask(home, "SELECT region, count(*) FROM races GROUP BY region") == [("IRE", 2)]
    load(home, slug_file(tmp_path, others, "late.csv", Date="2020-07-01"))
    assert ask(
        home, "SELECT region, count(DISTINCT course_id), count(*) FROM races GROUP BY region"
    ) == [("IRE", 1, 3)]
    assert ask(home, "SELECT count(*) FROM inferences WHERE kind = 'course'") == [(1,)]


@pytest.mark.slow
def test_a_course_whose_name_two_countries_have_is_placed_race_by_race(
    home: Home, tmp_path: Path
) -> None:
    load(home, abroad(tmp_path, course="Newcastle (AUS)"))
    load(home, slug_file(tmp_path, IRISH, Course="newcastle"))
    load(
        home,
        slug_file(
            tmp_path,
            ("Alder Bough (GB)", "Birch Hollow (GB)"),
            "next.csv",
            Course="newcastle",
            Off="1:10",
        ),
    )
    assert ask(home, "SELECT region, course FROM races ORDER BY region") == [
        ("AUS", "Newcastle (AUS)"),
        ("GB", "newcastle"),
    ]


@pytest.mark.slow
def test_the_same_races_scraped_again_are_unchanged(home: Home, tmp_path: Path) -> None:
    load(home, abroad(tmp_path))
    load(home, slug_file(tmp_path, IRISH))
    again = slug_file(tmp_path, IRISH, "again.csv", Owner="Somebody")
    batch = load(home, again)
    assert (batch.accepted, batch.updated) == (0, 0)
    assert ask(home, RACES) == [("IRE", "Leopardstown (IRE)", "15:10")]


@pytest.mark.slow
def test_a_conclusion_is_listed_and_taken_back_for_good(home: Home, tmp_path: Path) -> None:
    load(home, abroad(tmp_path))
    before = ask(home, "SELECT * EXCLUDE batch_id FROM races")
    load(home, slug_file(tmp_path, IRISH))
    ((number, evidence),) = ask(
        home, "SELECT inference_id, evidence FROM inferences WHERE kind = 'race'"
    )
    assert evidence == "3 of 3 horses are the same"
    assert ask(home, f"SELECT count(*) FROM inference_rows WHERE inference_id = {number}") == [(3,)]
    unmerge(home, STORE, number)
    assert ask(home, "SELECT * EXCLUDE batch_id FROM races WHERE source = 'raceform'") == before
    assert ask(
        home,
        "SELECT course, count(*) FROM races JOIN runners USING (race_id) "
        "GROUP BY course ORDER BY 1",
    ) == [
        ("Leopardstown (IRE)", 3),
        ("leopardstown", 3),
    ]
    assert ask(home, "SELECT count(*) FROM aliases WHERE kind = 'race'") == [(0,)]
    load(home, slug_file(tmp_path, IRISH, "again.csv", Owner="Somebody"))
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]
    with pytest.raises(InputError, match="already"):
        unmerge(home, STORE, number)


def test_nothing_is_concluded_where_the_setting_says_so(home: Home, tmp_path: Path) -> None:
    from velo.warehouse.ingest import ingest

    for path in (abroad(tmp_path), slug_file(tmp_path, IRISH)):
        ingest(home, STORE, path, infers=False)
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]
    assert ask(home, "SELECT count(*) FROM inferences") == [(0,)]


def test_a_stored_warehouse_is_mended(home: Home, tmp_path: Path) -> None:
    from velo.warehouse.doubles import doubles, mend
    from velo.warehouse.ingest import ingest

    for path in (abroad(tmp_path), slug_file(tmp_path, IRISH)):
        ingest(home, STORE, path, infers=False)
    with warehouse(home, STORE, write=True) as con:
        assert len(doubles(con).races) == 1
        con.execute("BEGIN TRANSACTION")
        mend(con, 3)
        con.execute("COMMIT")
        assert doubles(con).races == []
    assert ask(home, RACES) == [("IRE", "Leopardstown (IRE)", "15:10")]

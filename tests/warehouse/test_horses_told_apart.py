"""Which runners are one horse: name and suffix, foaling year, and no gap of three years."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.exchange_file import exchange_file
from tests.warehouse.raceform_file import STORE, ask, file_of, horses, load, race, row
from velo.home import Home
from velo.racing.identity import LONGEST_GAP_DAYS, Sighting, identities
from velo.warehouse.ingest import ingest

PARENTS_UNKNOWN = {"sire": "", "dam": ""}


def test_a_name_given_again_years_later_is_another_horse(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Gala Star (IRE)", "1", date="2009-05-01", age="3"),
        row("Gala Star (IRE)", "1", date="2011-05-01", age="5"),
        row("Gala Star (IRE)", "1", date="2018-05-01", age="2"),
    ]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == [1, 2]
    assert ask(home, "SELECT foaled, first_seen, last_seen FROM horses ORDER BY foaled") == [
        (2006, dt.date(2009, 5, 1), dt.date(2011, 5, 1)),
        (2016, dt.date(2018, 5, 1), dt.date(2018, 5, 1)),
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("gap", "known"), [(LONGEST_GAP_DAYS - 1, [2]), (LONGEST_GAP_DAYS, [1, 1])]
)
def test_runs_three_years_apart_are_two_horses(
    home: Home, tmp_path: Path, gap: int, known: list[int]
) -> None:
    first = dt.date(2012, 6, 1)
    later = first + dt.timedelta(days=gap)
    rows = [
        row("Alpha", "1", date=str(first), age="3"),
        row("Alpha", "1", date=str(later), age=str(later.year - 2009)),
    ]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == known


def test_a_southern_horse_grows_older_in_august(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha (AUS)", "1", course="Randwick (AUS)", date="2015-06-20", age="3"),
        row("Alpha (AUS)", "1", course="Randwick (AUS)", date="2015-09-20", age="4"),
        row("Alpha (AUS)", "1", course="Randwick (AUS)", date="2016-02-20", age="4"),
    ]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == [3]


def test_the_suffix_tells_horses_of_one_name_apart(home: Home, tmp_path: Path) -> None:
    rows = [row("Alpha (IRE)", "1"), row("Alpha (FR)", "2"), row("ALPHA (ire)", "1", off="3:00")]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == [1, 2]


@pytest.mark.slow
def test_a_horse_is_known_again_in_the_next_file(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1")]))
    load(home, file_of(tmp_path, [row("Alpha", "2", date="2015-05-20")], "next.csv"))
    load(home, file_of(tmp_path, [row("Alpha", "2", date="2015-03-02")], "earlier.csv"))
    assert horses(home) == [3]
    assert ask(home, "SELECT first_seen, last_seen FROM horses") == [
        (dt.date(2015, 3, 2), dt.date(2015, 5, 20))
    ]


@pytest.mark.slow
def test_a_name_given_again_is_another_horse_in_the_next_file_too(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", date="2009-05-01", age="3")]))
    load(home, file_of(tmp_path, [row("Alpha", "1", date="2018-05-01", age="2")], "next.csv"))
    assert horses(home) == [1, 1]


def test_a_runner_without_an_age_is_the_horse_of_its_name_that_was_seen_last(
    home: Home, tmp_path: Path
) -> None:
    rows = [
        row("Alpha", "1", date="2014-05-01", age="9"),
        row("Alpha", "1", date="2015-05-01", age="2"),
        row("Alpha", "1", date="2015-06-01", age=""),
    ]
    load(home, file_of(tmp_path, rows))
    assert ask(
        home,
        "SELECT foaled, count(*) FROM runners JOIN horses USING (horse_id) GROUP BY foaled "
        "ORDER BY foaled",
    ) == [(2005, 1), (2013, 2)]


@pytest.mark.slow
def test_a_name_without_a_foaling_year_is_not_taken_for_another_sources_horse(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1")]))
    later = row("Alpha", "1", age="", date="2015-05-20")
    load(home, exchange_file(tmp_path, [later], ["7"]))
    assert horses(home) == [1, 1]


def foaled_in_order(home: Home) -> list[int | None]:
    """The foaling year that the horse of each run is known by, in order of date."""
    return [
        foaled
        for (foaled,) in ask(
            home,
            "SELECT h.foaled FROM runners JOIN races USING (race_id) "
            "JOIN horses AS h USING (horse_id) ORDER BY races.date",
        )
    ]


def test_foaling_years_do_not_creep_from_one_to_the_next(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", date="2014-05-01", age="4", **PARENTS_UNKNOWN),
        row("Alpha", "1", date="2014-06-01", age="3", **PARENTS_UNKNOWN),
        row("Alpha", "1", date="2014-07-01", age="2", **PARENTS_UNKNOWN),
    ]
    load(home, file_of(tmp_path, rows))
    assert foaled_in_order(home) == [2010, 2010, 2012]
    assert horses(home) == [1, 2]


@pytest.mark.slow
def test_foaling_years_do_not_creep_from_file_to_file(home: Home, tmp_path: Path) -> None:
    for age, day in (("3", "2014-05-01"), ("2", "2014-06-01"), ("4", "2014-07-01")):
        load(home, file_of(tmp_path, [row("Alpha", "1", date=day, age=age)], f"{age}.csv"))
    assert horses(home) == [1, 2]
    assert foaled_in_order(home) == [2011, 2011, 2010]


AGES_2014 = (("2014-01-10", "4"), ("2014-02-10", "5"), ("2014-03-10", "3"))


@pytest.mark.slow
def test_two_horses_of_a_file_are_not_one_horse_of_the_warehouse(
    home: Home, tmp_path: Path
) -> None:
    """Each of the two is within a year of the horse that is known, but not of the other."""
    runs = [row("Alpha", "1", date=day, age=age, **PARENTS_UNKNOWN) for day, age in AGES_2014]
    load(home, file_of(tmp_path, runs[:1]))
    load(home, file_of(tmp_path, runs[1:], "next.csv"))
    assert foaled_in_order(home) == [2009, 2009, 2011]
    assert horses(home) == [1, 2]


@pytest.mark.slow
def test_a_horse_in_a_known_race_keeps_others_of_the_file_from_its_years(
    home: Home, tmp_path: Path
) -> None:
    first, *later = (
        row("Alpha", "1", date=day, age=age, **PARENTS_UNKNOWN) for day, age in AGES_2014
    )
    load(home, file_of(tmp_path, [first]))
    load(home, file_of(tmp_path, [first | {"rpr": "80"}, *later], "next.csv"))
    assert horses(home) == [1, 2]


@pytest.mark.few(1)
@pytest.mark.parametrize("known_first", [True, False])
def test_what_a_horse_did_in_between_joins_its_runs(
    home: Home, tmp_path: Path, known_first: bool
) -> None:
    """Runs four years apart in a file that tells of only some courses."""
    runs = [
        row("Alpha", "1", date=f"{year}-06-01", age=str(year - 2007)) for year in (2010, 2012, 2014)
    ]
    files = [
        file_of(tmp_path, runs[1:2], "between.csv"),
        file_of(tmp_path, [runs[0], runs[2]], "around.csv"),
    ]
    for path in files if known_first else files[::-1]:
        load(home, path)
    assert horses(home) == ([3] if known_first else [1, 2])


@pytest.mark.slow
def test_a_new_horse_never_takes_the_key_of_a_known_one(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", age="4")]))
    load(home, file_of(tmp_path, [row("Alpha", "1", age="5", date="2015-05-20")], "next.csv"))
    younger = [
        row("Alpha", "1", age="4", off="4:30", race_id="9"),
        row("Alpha", "1", age="3", date="2015-06-20"),
    ]
    load(home, file_of(tmp_path, younger, "younger.csv"))
    assert horses(home) == [2, 2]


@pytest.mark.few(1)
@pytest.mark.parametrize("age", ["2147483647", "26", "0"])
def test_an_age_out_of_reason_is_no_age(home: Home, tmp_path: Path, age: str) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1"), row("Bravo", "2", age=age)]))
    load(home, file_of(tmp_path, [row("Alpha", "1", age=age, date="2015-05-20")], "next.csv"))
    assert ask(home, "SELECT name, foaled FROM horses ORDER BY name") == [
        ("alpha", 2011),
        ("bravo", None),
    ]
    assert horses(home) == [1, 2]


@pytest.mark.slow
def test_a_wrong_age_in_a_known_race_does_not_make_the_horse_another(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1")]))
    load(home, exchange_file(tmp_path, [row("Alpha", "1", age="9")], ["7"]))
    load(home, file_of(tmp_path, [row("Alpha", "1", date="2015-05-20")], "next.csv"))
    assert horses(home) == [2]
    assert foaled_in_order(home) == [2011, 2011]


@pytest.mark.slow
def test_a_year_without_a_run_does_not_part_a_horse(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", date="2012-06-01", age="3"),
        row("Alpha", "1", date="2015-05-01", age="6"),
        row("Alpha", "1", date="2018-04-01", age="9"),
    ]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == [3]


@pytest.mark.few(1)
@pytest.mark.parametrize("age", ["", "9"])
def test_who_ran_in_a_race_is_known_whatever_country_age_or_id_another_source_gives(
    home: Home, tmp_path: Path, age: str
) -> None:
    load(home, file_of(tmp_path, race()))
    runners = [
        row("ALPHA", "1", age=age),
        row("Bravo (USA)", "2", age=age),
        row("Charlie", "3", age=age),
        row("ALPHA", "1", age=age, date="2015-05-20"),
    ]
    load(home, exchange_file(tmp_path, runners, ["7", "8", "9", "7"]))
    assert horses(home) == [1, 1, 2]
    assert ask(home, "SELECT name, country FROM horses ORDER BY name") == [
        ("alpha", "IRE"),
        ("bravo", "GB"),
        ("charlie", "FR"),
    ]


@pytest.mark.slow
def test_two_of_one_name_in_a_race_are_known_again_by_their_countries(
    home: Home, tmp_path: Path
) -> None:
    rows = [row("Alpha (FR)", "1", num="1"), row("Alpha (IRE)", "2", num="2")]
    load(home, file_of(tmp_path, rows))
    load(home, exchange_file(tmp_path, rows[::-1], ["7", "8"]))
    assert ask(
        home, "SELECT country, number FROM horses JOIN runners USING (horse_id) ORDER BY number"
    ) == [("FR", 1), ("IRE", 2)]


@pytest.mark.slow
def test_one_more_of_a_name_in_a_race_is_another_horse(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha (IRE)", "1"), row("Bravo", "2", num="2")]))
    both = [row("Alpha (FR)", "3", num="3"), row("Alpha (IRE)", "1"), row("Bravo", "2", num="2")]
    batch = load(home, file_of(tmp_path, both, "whole.csv"))
    assert batch.quarantined == 0
    assert ask(home, "SELECT country FROM horses WHERE name = 'alpha' ORDER BY country") == [
        ("FR",),
        ("IRE",),
    ]


lives = st.lists(
    st.tuples(
        st.dates(dt.date(2012, 1, 1), dt.date(2022, 12, 31)),
        st.sampled_from([None, 2009, 2010, 2011, 2012, 2018]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda run: run[0],
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["Alpha", "Bravo", "Charlie"]), lives, min_size=1))
@settings(max_examples=8)
def test_a_file_is_told_apart_as_the_rule_tells_sightings_apart(
    tmp_path_factory: pytest.TempPathFactory, careers: dict[str, list[tuple[dt.date, int | None]]]
) -> None:
    """Ages that are right to within one, wrong by more, or not given."""
    runs = [
        (name, day, foaled)
        for name, days in careers.items()
        for day, foaled in days
        if foaled is None or foaled < day.year
    ]
    sightings = [Sighting(name.lower(), "GB", day, foaled) for name, day, foaled in runs]
    folder = tmp_path_factory.mktemp("home")
    rows = [
        row(name, "1", date=str(day), age=str(day.year - foaled) if foaled else "", num=str(place))
        for place, (name, day, foaled) in enumerate(runs, 1)
    ]
    ingest(Home(folder), STORE, file_of(folder, rows), infers=False)
    horse_ids = ask(
        Home(folder),
        "SELECT r.number, r.horse_id FROM runners AS r ORDER BY r.number",
    )
    numbers = identities(sightings)
    # The same runs go together: one partition is the other.
    pairs = set(zip(numbers, (horse_id for _, horse_id in horse_ids), strict=True))
    assert len(pairs) == len(set(numbers)) == len({horse_id for _, horse_id in horse_ids})
    assert all(a != b for a, b in pairwise(sorted(pairs)))

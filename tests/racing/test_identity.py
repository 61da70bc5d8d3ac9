from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.identity import (
    OLDEST_AGE,
    Claim,
    Sighting,
    foaling_year,
    identities,
    same_horse,
    settle,
)


def seen(
    date: str,
    foaled: int | None = 2010,
    *,
    name: str = "gala star",
    suffix: str | None = "IRE",
    source_id: str | None = None,
) -> Sighting:
    source = "hk" if source_id else None
    return Sighting(name, suffix, dt.date.fromisoformat(date), foaled, source, source_id)


def test_a_foaling_year_is_the_race_year_less_the_age() -> None:
    assert foaling_year(dt.date(2015, 5, 2), 3) == 2012


@pytest.mark.parametrize("age", [None, 0, -1, OLDEST_AGE + 1, 2**31 - 1])
def test_no_age_no_foaling_year(age: int | None) -> None:
    assert foaling_year(dt.date(2015, 5, 2), age) is None


def test_a_southern_horse_that_turns_four_in_august_is_one_horse() -> None:
    july = seen("2015-07-20", foaling_year(dt.date(2015, 7, 20), 3))
    august = seen("2015-08-05", foaling_year(dt.date(2015, 8, 5), 4))
    assert july.foaled != august.foaled
    assert same_horse(july, august)


def test_a_name_used_again_by_a_younger_horse_is_another_horse() -> None:
    assert not same_horse(seen("2015-07-20", 2009), seen("2016-05-01", 2014))


def test_three_years_without_a_run_make_another_horse() -> None:
    assert same_horse(seen("2012-05-01"), seen("2015-04-29"))
    assert not same_horse(seen("2012-05-01"), seen("2015-05-01"))


def test_the_country_suffix_is_part_of_the_name() -> None:
    assert not same_horse(seen("2015-05-01"), seen("2015-06-01", suffix="FR"))


def test_the_sources_own_id_decides_over_name_and_year() -> None:
    renamed = seen("2019-06-01", 2014, name="other name", source_id="P421")
    assert same_horse(seen("2015-05-01", source_id="P421"), renamed)
    assert not same_horse(
        seen("2015-05-01", source_id="P421"), seen("2015-06-01", source_id="S235")
    )


def test_an_unknown_age_does_not_part_two_runs() -> None:
    assert same_horse(seen("2015-05-01"), seen("2015-06-01", None))


def test_a_long_career_with_short_gaps_is_one_horse() -> None:
    runs = [seen(f"{year}-05-01") for year in range(2012, 2020)]
    assert identities(runs) == [0] * len(runs)


def test_a_name_is_grouped_into_its_horses_whatever_the_order_of_the_file() -> None:
    runs = [
        seen("2019-05-01", 2016),
        seen("2012-05-01", 2009),
        seen("2013-05-01", 2009),
        seen("2020-05-01", 2016),
    ]
    assert identities(runs) == [1, 0, 0, 1]


def test_two_horses_of_one_name_may_race_at_the_same_time() -> None:
    runs = [seen("2015-05-01", 2009), seen("2015-05-02", 2012), seen("2015-05-09", 2009)]
    assert identities(runs) == [0, 1, 0]


def test_foaling_years_do_not_creep() -> None:
    runs = [seen("2014-05-01", 2010), seen("2014-06-01", 2011), seen("2014-07-01", 2012)]
    assert identities(runs) == [0, 0, 1]


def test_a_run_without_the_sources_id_joins_the_horse_of_its_name() -> None:
    runs = [seen("2015-05-01", source_id="P421"), seen("2015-06-01")]
    assert identities(runs) == [0, 0]


sightings = st.builds(
    Sighting,
    st.sampled_from(["ace", "bell"]),
    st.sampled_from([None, "IRE"]),
    st.dates(dt.date(2008, 1, 1), dt.date(2022, 12, 31)),
    st.sampled_from([None, 2008, 2009, 2010, 2012]),
    st.none(),
    st.none(),
)


@given(st.lists(sightings, max_size=15, unique_by=lambda s: s.date), st.integers(0, 15))
def test_later_runs_never_change_what_earlier_ones_are(runs: list[Sighting], known: int) -> None:
    runs = sorted(runs, key=lambda run: run.date)
    assert identities(runs)[:known] == identities(runs[:known])


@given(st.lists(sightings, max_size=15))
def test_every_horse_has_one_name_and_one_foaling_year_within_one(runs: list[Sighting]) -> None:
    horses: dict[int, list[Sighting]] = {}
    for run, number in zip(runs, identities(runs), strict=True):
        horses.setdefault(number, []).append(run)
    assert set(horses) == set(range(len(horses)))
    for horse in horses.values():
        assert len({(run.name, run.suffix) for run in horse}) == 1
        years = [run.foaled for run in horse if run.foaled is not None]
        assert not years or max(years) - min(years) <= 1
        days = sorted(run.date for run in horse)
        assert all((b - a).days < 1095 for a, b in itertools.pairwise(days))


def claim(
    life: int,
    horse: int,
    foaled: int | None = 2010,
    horse_foaled: int | None = 2010,
    *,
    certain: bool = False,
    has_id: bool = False,
) -> Claim:
    return Claim(
        life,
        horse,
        certain,
        has_id,
        (foaled, foaled) if foaled else None,
        (horse_foaled, horse_foaled) if horse_foaled else None,
    )


def test_a_life_is_the_first_horse_that_it_fits() -> None:
    assert settle([claim(1, 70, 2012), claim(1, 80, 2012, 2011), claim(1, 90)]) == {1: 80}


def test_two_lives_with_years_two_apart_are_not_one_horse_between_them() -> None:
    assert settle([claim(1, 70, 2009), claim(2, 70, 2011)]) == {1: 70}
    assert settle([claim(1, 70, 2009, None), claim(2, 70, 2011, None)]) == {1: 70}


def test_the_life_that_is_refused_takes_the_next_horse() -> None:
    assert settle([claim(1, 70, 2009), claim(2, 70, 2011), claim(2, 80, 2011)]) == {1: 70, 2: 80}


def test_two_lives_of_fitting_years_may_be_one_horse() -> None:
    assert settle([claim(1, 70), claim(2, 70, None), claim(3, 70, 2011)]) == {1: 70, 2: 70, 3: 70}


def test_two_ids_of_a_source_are_one_horse_only_where_that_is_certain() -> None:
    assert settle([claim(1, 70, has_id=True), claim(2, 70, has_id=True)]) == {1: 70}
    known = [claim(1, 70, certain=True, has_id=True), claim(2, 70, certain=True, has_id=True)]
    assert settle(known) == {1: 70, 2: 70}


def test_a_wrong_age_in_a_common_race_leaves_the_horses_years_alone() -> None:
    claims = [claim(1, 70, 2003, certain=True), claim(2, 70, 2003), claim(3, 70, 2011)]
    assert settle(claims) == {1: 70, 3: 70}


spans = st.sampled_from([None, (2009, 2009), (2010, 2010), (2010, 2011), (2011, 2011)])
lives_drawn = st.lists(st.tuples(spans, st.booleans()), max_size=6)
wishes = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=20)


@given(lives_drawn, wishes)
def test_what_is_not_certain_stretches_neither_a_horses_years_nor_its_ids(
    lives: list[tuple[tuple[int, int] | None, bool]], asked: list[tuple[int, int]]
) -> None:
    answer = settle(
        Claim(life, horse, False, lives[life][1], lives[life][0], (2010, 2010))
        for life, horse in asked
        if life < len(lives)
    )
    for horse in set(answer.values()):
        its = [lives[life] for life, chosen in answer.items() if chosen == horse]
        years = [2010, *(year for span, _ in its for year in span or ())]
        assert max(years) - min(years) <= 1
        assert sum(has_id for _, has_id in its) <= 1

"""A service says where its features were chosen by results, and figures of such days say it too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.offline.built_world import Applied, LittleWorld, build_tables, record
from tests.training.reports import training_report
from velo.errors import HomeError
from velo.offline.bare_imports import imported_afresh
from velo.offline.discovery import Discovery, Overlap, discoveries, overlap
from velo.offline.spine import Spine
from velo.offline.tables import FEATURE_REPO
from velo.report.caveats import caveats

HONG_KONG = ("HK", "2014-01-01", "2020-12-31")


def test_what_a_service_declares_is_read_back_from_its_tags() -> None:
    with imported_afresh(FEATURE_REPO):
        from discovery_days import discovered_on

        tags = discovered_on(HONG_KONG)
        assert discoveries("toy", tags) == (Discovery("HK", date(2014, 1, 1), date(2020, 12, 31)),)
        with pytest.raises(ValueError, match="before it begins"):
            discovered_on(("HK", "2020-01-01", "2014-01-01"))
        with pytest.raises(ValueError, match="Invalid isoformat"):
            discovered_on(("HK", "someday", "2014-01-01"))
    assert discoveries("toy", {}) == ()


@pytest.mark.parametrize("text", ["HK", '[{"region": "HK"}]', '{"region": "HK"}', "[7]"])
def test_a_tag_that_names_no_days_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(HomeError, match=r"discovered_on\(\)"):
        discoveries("toy", {"discovery": text})


@pytest.mark.slow
def test_races_are_counted_by_region_and_day(applied: Applied, little_world: LittleWorld) -> None:
    record(applied.home, little_world.starts)
    build_tables(applied.home)
    spine = Spine(applied.home)
    first, last = spine.first_day, spine.last_day
    middle = first + (last - first) / 2
    races = {s.race_id: s for s in little_world.starts if s.started}.values()
    region = next(iter(races)).region
    own = [s for s in races if s.region == region and s.date <= middle]
    made = overlap(spine, [Discovery(region, first, middle)], "holdout", first, last)
    assert made is not None
    assert (made.races, made.chosen_on) == (len(races), len(own))
    assert made.share == len(own) / len(races)
    later = middle + timedelta(days=1)
    assert overlap(spine, [Discovery(region, first, middle)], "holdout", later, last) is None
    assert overlap(spine, [Discovery("ZZ", first, last)], "walk", first, last) is None
    assert overlap(spine, [], "walk", first, last) is None


def test_the_report_says_that_a_holdout_was_chosen_on() -> None:
    chosen_on = Overlap("holdout", date(2019, 1, 1), date(2020, 12, 31), 1600, 1200)
    row = {
        "judges": "holdout",
        "first": "2019-01-01",
        "last": "2020-12-31",
        "races": 1600,
        "chosen_on": 1200,
        "words": chosen_on.words,
    }
    assert "1,200 of the 1,600 races of the holdout" in chosen_on.words
    usual = training_report().to_dict()["data"]
    report = training_report(data={**usual, "discovery": [row]})
    sentences = caveats(report, {"top20": 0.1})
    assert any(each.startswith("The features were chosen on 1,200") for each in sentences)
    assert not any("chosen on" in each for each in caveats(training_report(), {"top20": 0.1}))

"""One window from the build to the price: what a model learned with is what it is served."""

from __future__ import annotations

import pytest

from tests.offline.built_world import SETTINGS as SHORT
from tests.offline.built_world import build_tables, record
from tests.offline.test_build import MEETING
from tests.training.simulated_dataset import simulated_dataset
from tests.training.test_nearly_flat import stored
from training.data.dataset import gather
from training.judging.selection import Cutoffs
from training.scoring import score_period
from training.walk.stored_form import stored_form
from velo.errors import HomeError, ModelError
from velo.home import Home
from velo.live.preparation import bring_build
from velo.live.pricing import Pricer
from velo.offline.build import build, current_build
from velo.settings import Settings, Windows
from velo.warehouse.connection import warehouse


def quiet(_: str) -> None:
    pass


def test_the_first_window_that_is_another_is_named() -> None:
    assert Windows().unlike(Windows()) is None
    assert Windows(par_races=3).unlike(Windows()) == "windows.par_races 3, not 20"


def test_a_model_says_the_windows_that_it_was_trained_with() -> None:
    plain = stored_form(simulated_dataset(), SHORT, stored(1.0).model, Cutoffs(0.3, 0.2, 0.1), "c")
    assert plain["windows"] == SHORT.windows.model_dump()
    assert plain["windows"]["prize_ladder_races"] == 10


def test_a_build_says_its_windows_and_no_model_is_trained_on_others(home: Home) -> None:
    record(home, MEETING)
    build_tables(home)
    assert current_build(home).windows["par_races"] == 3
    days = simulated_dataset().plan
    with pytest.raises(HomeError, match=r"^build 1 has windows\.prize_ladder_races 10, not 200 as"):
        gather(home, Settings(), days)
    model = stored(1.0)
    with pytest.raises(ModelError, match=r"^version 7 was trained with .* 200, not 10 as build 1"):
        score_period(home, model, days.holdout_start, days.holdout_start)


def test_a_model_without_windows_was_trained_with_the_defaults() -> None:
    refusal = r"^version 7 was trained with windows\.par_races 20, not 25 as the section"
    with pytest.raises(ModelError, match=refusal) as refused:
        Pricer.of(Settings(windows=Windows(par_races=25)), stored(1.0), None)
    assert "\n" not in str(refused.value)


def test_a_build_of_other_windows_is_made_anew_before_a_card_is_priced(home: Home) -> None:
    record(home, MEETING)
    with warehouse(home, SHORT.store, write=True) as con:
        con.execute(
            "INSERT INTO import_batches (batch_id, file, sha256, format, rows_read, accepted, "
            "updated, unchanged, quarantined, unmatched, started, finished, code_version) VALUES "
            "(1, 'a.csv', 'abc', 'raceform', 1, 1, 0, 0, 0, 0, now(), now(), '0')"
        )
    build(home, SHORT)
    assert bring_build(home, SHORT, quiet) is None
    note = bring_build(home, SHORT.model_copy(update={"windows": Windows()}), quiet)
    assert note == (
        "build 2 was made, because build 1 has windows.prize_ladder_races 10, not 200 as the "
        "settings say"
    )
    assert current_build(home).unlike(Windows()) is None

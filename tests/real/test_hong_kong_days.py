"""Real days lived one by one end where a backtest of them ends that is built as known.

Three days by default; VELO_REPLAY_DAYS=60 lives sixty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.real.against_backtest import backtested, largest_difference
from tests.real.hong_kong_days import (
    HONG_KONG,
    SMALL,
    Days,
    differences,
    morning,
    race_days,
    trained,
)
from training.data.dataset import feature_store
from velo.errors import InputError
from velo.live.journal import predictions
from velo.live.ledger import RAN, counts
from velo.live.ledger_view import view_ledger
from velo.live.predict import Asked, predict
from velo.offline.build import build
from velo.store.online.materialize import materialize

LIVED = int(os.environ.get("VELO_REPLAY_DAYS", "3"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HONG_KONG.is_file(), reason="the real files are not beside the project"),
]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    days = race_days()[-LIVED:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("hong_kong") / "home"))
        here = trained(tmp_path_factory.mktemp("files"), SMALL, days[0])
        for number, day in enumerate(days):
            if number:
                build(here.home, SMALL)
            materialize(here.home, SMALL, feature_store(), day)
            here.predict(day)
            here.predict(day, offline=True)
            here.settle(here.results(day), at=day)
        yield here


def test_online_is_offline_bit_for_bit_every_day(lived: Days) -> None:
    made = predictions(lived.home.ledger)
    online = [each for each in made if each.source == "online"]
    offline = [each for each in made if each.source == "offline"]
    assert len(online) > 8 * LIVED
    assert differences(online, offline) == []


def test_the_horses_of_a_card_are_those_of_the_results(lived: Days) -> None:
    """Hong Kong's have no ages, and four in five of a card's have run there before."""
    made = predictions(lived.home.ledger)
    runners = [runner for each in made for runner in each.runners]
    assert sum("horse" in each.unknown for each in runners) < 0.2 * len(runners)
    assert sum("jockey" in each.unknown for each in runners) < 0.1 * len(runners)


def test_every_runner_is_settled(lived: Days) -> None:
    book = view_ledger(lived.home, SMALL)
    assert set(book.runners["state"]) == {RAN}
    assert book.runners["whole"].all()
    assert counts(book.bets)["ran"] == len(book.bets) > 0


def test_the_ledger_is_the_backtest_built_as_known(lived: Days) -> None:
    done = backtested(lived)
    assert done.left_out == 0
    assert len(done.chances) == len(view_ledger(lived.home, SMALL).runners)
    largest = largest_difference(lived, done)
    assert {name: largest[name] for name in ("p_model", "p_market_power", "p")} == {
        "p_model": 0.0,
        "p_market_power": 0.0,
        "p": 0.0,
    }
    assert max(largest.values()) < 1e-9, largest


def test_a_race_with_a_result_is_over_whatever_the_clock_says(lived: Days) -> None:
    """The clock is a day behind, and the results are in."""
    day = race_days()[-1]
    with pytest.raises(InputError, match="it has a result, so it is over"):
        lived.predict(day)
    done = predict(
        lived.home,
        SMALL,
        Asked(lived.card(day), model="challenger", backfill=True),
        clock=lambda: morning(day),
    )
    assert done.predictions
    assert all(each.backfill for each in done.predictions)


def test_races_without_an_off_stand_by_their_number(lived: Days) -> None:
    day = race_days()[-1]
    done = predict(
        lived.home,
        SMALL,
        Asked(day=day, model="challenger", backfill=True),
        clock=lambda: morning(day),
    )
    called = [each.race_name.partition(",")[0] for each in done.predictions if each.race_name]
    assert called == [f"race {number}" for number in range(1, len(called) + 1)]

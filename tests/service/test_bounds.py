"""What one request may ask for, and what the service keeps in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from tests.live.predicted import race, runner
from tests.offline.built_world import SETTINGS, Applied, LittleWorld, build_tables
from tests.offline.built_world import record as record_starts
from tests.service.asking import asked, at_eight, served
from velo.errors import InputError
from velo.home import Home
from velo.live.card_store import DeclaredRace, declare
from velo.live.journal import record
from velo.live.refusals import refusal
from velo.service import known_races, schemas
from velo.service.problems import Busy
from velo.service.queue import PricingRequest
from velo.service.sent_odds import quoted
from velo.service.service import Service
from velo.settings import Live, Serve, Settings

DAY = date(2026, 5, 2)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home without anything but what a test puts there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("bare") / "home"))
        yield Home.current()


@pytest.fixture(scope="module")
def app(bare: Home) -> Iterator[Any]:
    """A service in that home."""
    with served(bare, at_eight(DAY)) as app:
        yield app


def declared(race_id: int, *numbers: int) -> DeclaredRace:
    horses = range(1, len(numbers) + 1)
    entries = pa.table(
        {
            "race_id": [race_id] * len(numbers),
            "horse_id": list(horses),
            "number": list(numbers),
            "day": [DAY] * len(numbers),
        }
    )
    return DeclaredRace(entries, {}, False, "b")


def test_predictions_of_a_race_are_told_so_many_at_a_time(app: Any, bare: Home) -> None:
    record(bare.ledger, [race(7, [runner(1), runner(2)]) for _ in range(120)])
    record(bare.ledger, [race(8, [runner(1)])])

    def page(query: str) -> tuple[list[int], int | None]:
        answer = asked(app, lambda client: client.get(f"/races/7/predictions{query}"))
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return [each["revision"] for each in body["predictions"]], body["after"]

    assert page("") == (list(range(1, 51)), 50)
    assert page("?after=50") == (list(range(51, 101)), 100)
    assert page("?after=100") == (list(range(101, 121)), None)
    assert page("?after=120") == ([], None)
    assert page("?limit=2&after=118") == ([119, 120], None)
    assert page("?limit=1") == ([1], 1)


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0001-12-31", "1849-12-31", "2201-01-01", "9999-12-31"]
)
def test_a_day_on_which_nobody_raced_has_no_race(app: Any, day: str) -> None:
    answer = asked(app, lambda client: client.get(f"/races?date={day}"))
    assert (answer.status_code, answer.json()) == (200, {"races": []})


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"odds": [{"number": 1, "odds": 1.0}]}, "body.odds.0.odds: must be greater than 1"),
        ({"odds": [{"number": 1, "odds": 1002}]}, "body.odds.0.odds: must be greater than 1 and"),
        (
            {"odds": [{"number": 1, "odds": "9" * 21}]},
            "body.odds.0.odds: may have at most 20 characters",
        ),
        ({"odds": [{"number": 1, "odds": True}]}, "body.odds.0.odds: must be a number"),
        ({"odds": [{"number": 1, "odds": None}]}, "body.odds.0.odds: must be a number"),
        ({"odds": [{"odds": 3.0}]}, "body.odds.0: name a runner by horse_id or by number"),
        ({"odds": [{"number": 1, "odds": 2.0}] * 201}, "body.odds: must have at most 200 entries"),
        ({"odds": "all"}, "body.odds: must be a list"),
        ({"backfill": "perhaps"}, "body.backfill: must be true or false"),
        ({"price_kind": "last"}, "body.price_kind: must be 'sp', 'bsp'"),
        ({"unheard": 1}, "body.unheard: is not known here"),
        ([1], "body: must be a table of names and values"),
    ],
)
def test_a_body_that_cannot_be_is_refused_in_words_of_our_own(
    app: Any, body: Any, why: str
) -> None:
    answer = asked(app, lambda client: client.post("/races/1/predictions", json=body))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(why)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/races?date=tomorrow", "query.date: must be a day such as 2026-05-02"),
        ("/races/9999999999999999999/predictions", "path.race_id: must be at most 9,223"),
        ("/races/one/predictions", "path.race_id: must be a whole number"),
        ("/races/1/predictions?limit=1000", "query.limit: must be at most 50"),
    ],
)
def test_so_is_a_query(app: Any, path: str, why: str) -> None:
    answer = asked(app, lambda client: client.get(path))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(why)


def test_what_is_not_json_is_said_to_be_none(app: Any) -> None:
    media = {"content-type": "application/json"}
    answer = asked(
        app, lambda client: client.post("/races/1/predictions", content=b"{odds", headers=media)
    )
    assert answer.json()["detail"].startswith("body.1: is not JSON")


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("1000/1", 1001.0),
        ("1001/1", None),
        ("5000", None),
        ("1", None),
        ("1.0", None),
        ("1.01", 1.01),
    ],
)
def test_odds_as_text_have_the_bounds_of_odds_as_a_number(text: str, price: float | None) -> None:
    as_text = schemas.PredictionAsked.model_validate({"odds": [{"number": 4, "odds": text}]})
    if price is None:
        with pytest.raises(InputError, match=r"number 4: '.*' is not a price"):
            quoted(declared(1, 4, 5), as_text)
        return
    taken = quoted(declared(1, 4, 5), as_text)
    assert taken is not None
    assert taken.odds[0] == price


EIGHT = datetime(2026, 5, 2, 8, tzinfo=UTC)
COMING = {
    "day": DAY,
    "off": "14:30",
    "off_at": datetime(2026, 5, 2, 13, 30, tzinfo=UTC),
    "off_zone": "Europe/London",
    "off_doubt": None,
    "told": False,
}


def test_a_race_of_more_runners_than_there_ever_were_is_not_predicted() -> None:
    assert refusal(COMING, 60, False, EIGHT, False, Live()) is None
    refused = refusal(COMING, 61, False, EIGHT, True, Live())
    assert refused is not None
    assert refused.why == "it has 61 runners, and no race has more than 60 (live.most_runners)"
    assert refusal(COMING, 61, False, EIGHT, False, Live(most_runners=61)) is None


def test_a_race_with_a_runner_that_could_not_be_read_is_declined_or_scored_as_is_set() -> None:
    refused = refusal(COMING, 8, True, EIGHT, False, Live())
    assert refused is not None
    assert refused.kind == "incomplete"
    assert refusal(COMING, 8, True, EIGHT, False, Live(incomplete="score")) is None


def test_races_that_are_looked_up_do_not_fill_the_memory(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_races, "MOST_RACES", 20)
    declare(home.cards, [declared(number, 1, 2) for number in range(60)])
    known = known_races.KnownRaces(home, Settings())
    try:
        assert all(known.declared(number) is not None for number in range(60))
        assert len(known._known) == 20
        assert known.declared(0) == declared(0, 1, 2)
    finally:
        known.close()


def test_so_many_races_wait_as_are_set_and_so_many_are_priced_in_one_go(home: Home) -> None:
    serve = Serve(waiting=5, together=2)
    service = Service(home, Settings(serve=serve))
    for number in range(5):
        service._queue.ask(PricingRequest(declared(number, 1, 2), None, False))
    with pytest.raises(Busy, match=r"serve\.waiting"):
        service._queue.ask(PricingRequest(declared(5, 1, 2), None, False))
    together = [[each.race.race_id for each in service._queue._next()] for _ in range(3)]
    assert together == [[0, 1], [2, 3], [4]]


@pytest.mark.slow
def test_days_that_are_looked_up_do_not_fill_the_memory(
    applied: Applied, little_world: LittleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The eight that were asked for last stay."""
    monkeypatch.setenv("VELO_HOME", str(applied.home.root))
    record_starts(applied.home, little_world.starts)
    build_tables(applied.home)
    days = sorted({start.date for start in little_world.starts})[-10:]
    known = known_races.KnownRaces(applied.home, SETTINGS)
    try:
        for day in [*days, days[-8]]:
            assert known.held_of_day(day, "sp")
        assert list(known._held) == [*days[-7:], days[-8]]
    finally:
        known.close()

"""A day over HTTP: its card, its prices, and what may happen beside it."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import httpx
import pytest

from tests.live.replayed import World, written
from tests.service.asking import asked, at_eight, served
from training.promotion.champion import crown
from training.promotion.succession import PROMOTED, write_succession
from training.record import mlflow_store
from training.record.registry import CHALLENGER, MODEL, register, resolve
from velo.live.journal import predictions

pytestmark = pytest.mark.slow
CSV = {"content-type": "text/csv"}


@pytest.fixture
def day(world: World) -> date:
    return sorted(world.days)[0]


@pytest.fixture
def app(world: World, day: date) -> Iterator[Any]:
    with served(world.home, at_eight(day)) as app:
        yield app


@pytest.fixture
def races(app: Any, world: World, day: date) -> list[dict[str, Any]]:
    """The day's card, posted."""
    body = world.card(day).read_bytes()
    answer = asked(app, lambda client: client.post("/cards", content=body, headers=CSV))
    assert answer.status_code == 200, answer.text
    day_races: list[dict[str, Any]] = answer.json()["races"]
    return day_races


def predict(app: Any, race: dict[str, Any], **body: Any) -> httpx.Response:
    return asked(app, lambda client: client.post(race["predictions"], json=body or None))


def test_a_race_is_priced_as_the_command_line_prices_it(
    app: Any, races: list[dict[str, Any]], world: World, day: date
) -> None:
    theirs = {race.race_id: race for race in world.predict(day).predictions}
    assert {race["race_id"] for race in races} == set(theirs)
    for race in races:
        answer = predict(app, race)
        assert answer.status_code == 201
        mine, other = answer.json(), theirs[race["race_id"]]
        assert mine["revision"] == other.revision + 1
        by_horse = {each.horse_id: each for each in other.runners}
        for runner in mine["runners"]:
            row = by_horse[runner["horse_id"]]
            assert runner["p"] == pytest.approx(row.p, abs=1e-12)
            assert (runner["stakes"], runner["rank"]) == (row.stakes, row.rank)
            assert [each["feature"] for each in runner["moved"]] == [
                each["feature"] for each in row.moved
            ]


def test_every_revision_of_a_race_is_told(app: Any, races: list[dict[str, Any]]) -> None:
    before = asked(app, lambda client: client.get(races[0]["predictions"])).json()["predictions"]
    number = races[0]["runners"][0]["number"]
    price = round(len(races[0]["runners"]) / 1.1, 2)
    odds = [{"number": number, "odds": "13/2"}] + [
        {"horse_id": each["horse_id"], "odds": price} for each in races[0]["runners"][1:]
    ]
    made = predict(app, races[0], odds=odds, price_kind="morning").json()
    assert (made["market"], made["indicative"], made["price_kind"]) == (True, True, "morning")
    assert {each["odds"] for each in made["runners"]} == {7.5, price}
    after = asked(app, lambda client: client.get(races[0]["predictions"])).json()["predictions"]
    assert after == [*before, made]


def test_odds_that_cannot_be_a_markets_are_refused_and_nothing_is_kept(
    app: Any, races: list[dict[str, Any]]
) -> None:
    """A price with a slipped decimal point; and one that no bookmaker ever laid."""
    before = asked(app, lambda client: client.get(races[0]["predictions"])).json()
    runners = races[0]["runners"]
    for price, why in ((len(runners) * 10.0, "make a book of 0.1"), (1e5, "odds")):
        odds = [{"horse_id": each["horse_id"], "odds": min(price, 1000.0)} for each in runners]
        odds[0]["odds"] = price
        answer = predict(app, races[0], odds=odds)
        assert answer.status_code == 422
        assert why in answer.json()["detail"]
    assert asked(app, lambda client: client.get(races[0]["predictions"])).json() == before


def test_odds_of_some_runners_make_no_market(app: Any, races: list[dict[str, Any]]) -> None:
    made = predict(app, races[0], odds=[{"number": races[0]["runners"][0]["number"], "odds": 3.0}])
    assert made.json()["market"] is False
    assert sum(each["p_model"] for each in made.json()["runners"]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("odds", "why"),
    [
        ([{"number": 998, "odds": 3.0}], "number 998 does not name one runner"),
        ([{"horse_id": 1, "odds": 3.0}], "horse 1 does not name one runner"),
        ([{"number": 1, "horse_id": 1, "odds": 3.0}], "not both"),
        ([{"number": 1, "odds": "nonsense"}], "is not a price"),
        ([{"number": 1, "odds": 1.0}], "greater than 1"),
    ],
)
def test_odds_that_mean_nobody_are_refused_by_name(
    app: Any, races: list[dict[str, Any]], odds: list[dict[str, Any]], why: str
) -> None:
    answer = predict(app, races[0], odds=odds)
    assert answer.status_code == 422
    assert why in answer.json()["detail"]


def test_a_race_past_its_off_is_a_conflict_unless_it_is_a_backfill(
    world: World, races: list[dict[str, Any]], day: date
) -> None:
    late = datetime.combine(day, time(23, 59), UTC)
    with served(world.home, lambda: late) as app:
        answer = predict(app, races[0])
        assert answer.status_code == 409
        assert "backfill: true" in answer.json()["detail"]
        assert predict(app, races[0], backfill=True).json()["backfill"] is True


def test_a_ledger_of_nobodys_predictions_is_not_found(
    app: Any, races: list[dict[str, Any]]
) -> None:
    predict(app, races[0])
    assert asked(app, lambda client: client.get("/ledger?version=none")).status_code == 404


def test_a_race_that_nobody_knows_is_not_found(app: Any) -> None:
    answer = predict(app, {"predictions": "/races/12/predictions"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_horse_that_a_later_card_leaves_out_is_out_and_stays_out_over_a_restart(
    app: Any, races: list[dict[str, Any]], world: World, day: date
) -> None:
    race = max(races, key=lambda race: len(race["runners"]))
    gone = race["runners"][0]
    with world.card(day).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["horse"] != gone["horse"]]
    revised = written(world.folder / "left_out.csv", rows).read_bytes()
    answer = asked(app, lambda client: client.post("/cards", content=revised, headers=CSV))
    assert answer.status_code == 200
    left = {each["horse_id"] for each in race["runners"][1:]}
    assert {each["horse_id"] for each in predict(app, race).json()["runners"]} == left
    with served(world.home, at_eight(day)) as again:
        assert {each["horse_id"] for each in predict(again, race).json()["runners"]} == left


def test_rows_of_json_are_a_card_too(app: Any, world: World, day: date) -> None:
    with world.card(day).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answer = asked(app, lambda client: client.post("/cards", json=rows))
    assert answer.status_code == 200
    assert len(answer.json()["races"]) == len({row["race_id"] for row in rows})


def test_a_busy_warehouse_refuses_cards_for_now_and_nothing_else(
    app: Any, races: list[dict[str, Any]], world: World, day: date
) -> None:
    holding = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(world.home.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout
        assert writer.stdin
        writer.stdout.readline()
        body = world.card(day).read_bytes()
        answer = asked(app, lambda client: client.post("/cards", content=body, headers=CSV))
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
        assert "is in use by pid" in answer.json()["detail"]
        assert predict(app, races[0]).status_code == 201
        assert asked(app, lambda client: client.get(f"/races?date={day}")).status_code == 200
        with served(world.home, at_eight(day)) as restarted:
            assert predict(restarted, races[0]).status_code == 201
        writer.stdin.close()
    answer = asked(app, lambda client: client.post("/cards", content=body, headers=CSV))
    assert answer.status_code == 200


def test_clients_at_once_get_a_revision_each(
    app: Any, races: list[dict[str, Any]], world: World, day: date
) -> None:
    before = len(predictions(world.home.ledger, (day, day)))

    async def many(client: httpx.AsyncClient) -> list[httpx.Response]:
        asking = [client.post(races[n % 3]["predictions"]) for n in range(36)]
        return await asyncio.gather(*asking)

    answers = asked(app, many)
    assert {each.status_code for each in answers} == {201}
    revisions = {(each.json()["race_id"], each.json()["revision"]) for each in answers}
    assert len(revisions) == 36
    assert len(predictions(world.home.ledger, (day, day))) == before + 36


def test_a_promotion_is_noticed_under_load_and_no_request_fails(
    app: Any, races: list[dict[str, Any]], world: World
) -> None:
    promoted = resolve(world.home, CHALLENGER)

    def promote() -> str:
        store = mlflow_store.client(world.home)
        tags = {**promoted.tags, mlflow_store.SHA256: promoted.sha256}
        version = register(store, promoted.folder, promoted.run_id, "", tags, alias=None)
        write_succession(resolve(world.home, version), PROMOTED, version)
        crown(world.home, version)
        return version

    async def load(client: httpx.AsyncClient) -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        version = None
        for turn in range(60):
            answers += await asyncio.gather(
                *(client.post(race["predictions"]) for race in races[:4])
            )
            if turn == 4:
                version = await asyncio.to_thread(promote)
            if version is not None and answers[-1].json()["version"] == version:
                break
        return answers

    answers = asked(app, load)
    assert {each.status_code for each in answers} == {201}
    versions = [each.json()["version"] for each in answers]
    assert versions == sorted(versions, key=int)
    assert len(set(versions)) == 2
    metrics = asked(app, lambda client: client.get("/metrics")).text
    assert f'version="{versions[-1]}"' in metrics


def test_a_champion_that_cannot_be_loaded_does_not_take_over(
    app: Any, races: list[dict[str, Any]], world: World
) -> None:
    now = predict(app, races[0]).json()["version"]
    store, good = mlflow_store.client(world.home), resolve(world.home, "champion")
    tags = {**good.tags, mlflow_store.SHA256: "0" * 64}
    register(store, good.folder, good.run_id, "", tags, "champion")

    async def until_it_says_why(client: httpx.AsyncClient) -> dict[str, Any]:
        for _ in range(100):
            readiness: dict[str, Any] = (await client.get("/ready")).json()
            if readiness["champion"]["why"]:
                break
            await asyncio.sleep(0.05)
        return readiness

    readiness = asked(app, until_it_says_why)
    store.set_registered_model_alias(MODEL, "champion", now)
    assert "SHA-256" in readiness["champion"]["why"]
    assert (readiness["ready"], readiness["version"]) == (True, now)
    assert predict(app, races[0]).json()["version"] == now


def test_a_store_at_another_morning_is_told_and_mended_by_the_next_card(
    app: Any, races: list[dict[str, Any]], world: World, day: date
) -> None:
    other = sorted(world.days)[1]
    from tests.live.replayed import SETTINGS
    from training.data.dataset import feature_store
    from velo.live.preparation import bring_store

    bring_store(world.home, SETTINGS, feature_store(), other, lambda stage: None)
    answer = predict(app, races[0])
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert f"velo materialize --as-of {day}" in answer.json()["detail"]
    assert asked(app, lambda client: client.get("/ready")).status_code == 503
    body = world.card(day).read_bytes()
    asked(app, lambda client: client.post("/cards", content=body, headers=CSV))
    assert predict(app, races[0]).status_code == 201
    assert asked(app, lambda client: client.get("/ready")).json()["ready"] is True


def test_when_the_days_races_are_over_the_next_days_card_brings_the_store_to_it(
    races: list[dict[str, Any]], world: World, day: date
) -> None:
    tomorrow = sorted(world.days)[1]
    body = world.card(tomorrow).read_bytes()
    for hour, ready_for, status in ((8, day, 503), (23, tomorrow, 201)):
        now = datetime.combine(day, time(hour), UTC)
        with served(world.home, lambda now=now: now) as app:
            card = asked(app, lambda client: client.post("/cards", content=body, headers=CSV))
            assert predict(app, card.json()["races"][0]).status_code == status
            readiness = asked(app, lambda client: client.get("/ready")).json()
        assert (readiness["ready"], readiness["day"]) == (True, ready_for.isoformat())


def test_who_asks_where_nothing_is_learns_where_to_look(app: Any) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/cards", 405)):
        answer = asked(app, lambda client, of=(method, path): client.request(*of))
        want = f"there is no route {method} {path}: GET /docs lists the routes"
        assert (answer.status_code, answer.json()["detail"]) == (status, want)

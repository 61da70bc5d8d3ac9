"""Results, a build and the online store's next state, each by a command, under a service in use."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.velo_command import velo
from tests.live.replayed import Row, World, copied, ran, written
from tests.service.asking import asked, at_eight, served
from velo.live.predict import Predicted

pytestmark = pytest.mark.slow
BRED = ("horse", "age", "sex", "sire", "dam", "damsire", "owner")
"""What makes a row of the world one horse's."""


@dataclass(frozen=True)
class Flip:
    """What was answered about the second day's races.

    Attributes:
        before: of every race, before the first day's results came in.
        meanwhile: to clients that asked all along, in the order of the answers.
        between: to one of each race, when there was a build and the store was of the one before.
        after: of every race, once the store was brought to it; no card was sent again.
        commanded: what the command line predicts then.
        debutant: a horse that was never seen before those results, which name it.
        left_out: a horse that a second card of the day no longer named.
    """

    before: list[httpx.Response]
    meanwhile: list[httpx.Response]
    between: list[httpx.Response]
    after: list[httpx.Response]
    commanded: Predicted
    debutant: str
    left_out: str


@pytest.fixture(scope="module")
def flip(trained: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flip]:
    folder = tmp_path_factory.mktemp("flip")
    first, second = sorted(trained.days)[:2]
    with pytest.MonkeyPatch.context() as patch:
        world = copied(trained, folder)
        patch.setenv("VELO_HOME", str(world.home.root))
        with served(world.home, at_eight(second)) as app:
            yield lived_through(app, world, first, second)


def lived_through(app: Any, world: World, first: date, second: date) -> Flip:
    races = post_card(app, world.card(second))
    debutant = next(
        row
        for race in asked(app, lambda client: all_of(client, races))
        for row in race.json()["runners"]
        if "horse" in row["unknown"]
    )["horse"]
    left_out = next(
        each["horse"]
        for race in races
        for each in race["runners"][:1]
        if debutant not in {other["horse"] for other in race["runners"]}
    )
    card = without(world.card(second), left_out, world.folder / "left_out.csv")
    races = post_card(app, card)
    before = asked(app, lambda client: all_of(client, races))
    results = told_of(world, first, second, debutant)

    async def through(client: httpx.AsyncClient) -> tuple[list[httpx.Response], ...]:
        meanwhile: list[httpx.Response] = []
        ended = asyncio.Event()

        async def ask() -> None:
            while not ended.is_set():
                meanwhile.extend(await all_of(client, races[:3]))
                await asyncio.sleep(0.05)

        async def command(*words: str) -> None:
            answer = await asyncio.to_thread(velo, world.home.root, *words)
            assert answer.code == 0, answer.err

        asking = asyncio.create_task(ask())
        await command("results", str(results))
        await command("build")
        between = await all_of(client, races)
        await command("materialize", "--as-of", str(second))
        after = await all_of(client, races)
        ended.set()
        await asking
        return meanwhile, between, after

    meanwhile, between, after = asked(app, through)
    commanded = world.predict(second, card)
    return Flip(before, meanwhile, between, after, commanded, debutant, left_out)


def post_card(app: Any, card: Path) -> list[dict[str, Any]]:
    body, media = card.read_bytes(), {"content-type": "text/csv"}
    answer = asked(app, lambda client: client.post("/cards", content=body, headers=media))
    assert answer.status_code == 200, answer.text
    races: list[dict[str, Any]] = answer.json()["races"]
    return races


async def all_of(client: httpx.AsyncClient, races: list[dict[str, Any]]) -> list[httpx.Response]:
    return list(await asyncio.gather(*(client.post(each["predictions"]) for each in races)))


def without(card: Path, horse: str, path: Path) -> Path:
    with card.open(encoding="utf-8", newline="") as file:
        return written(path, [row for row in csv.DictReader(file) if row["horse"] != horse])


def told_of(world: World, day: date, later: date, horse: str) -> Path:
    """The day's results, with a horse of a later day in the place of one that ran."""
    of = next(row for row in world.days[later] if row["horse"] == horse)
    rows: list[Row] = [dict(row) for row in world.days[day]]
    taken = next(row for row in rows if ran(row))
    taken |= {name: of[name] for name in BRED if name in of}
    return written(world.folder / "with_the_debutant.csv", rows)


def runners(answers: list[httpx.Response]) -> dict[str, dict[str, Any]]:
    return {row["horse"]: row for each in answers for row in each.json()["runners"]}


def test_nothing_but_the_wait_for_the_store_is_told_to_who_asks_meanwhile(flip: Flip) -> None:
    assert {each.status_code for each in flip.meanwhile} == {201, 503}
    for each in flip.meanwhile:
        if each.status_code == 503:
            assert "retry-after" in each.headers
            assert "velo materialize --as-of" in each.json()["detail"]


def test_a_store_of_the_build_before_prices_nothing(flip: Flip) -> None:
    assert {each.status_code for each in flip.between} == {503}


def test_who_asks_meanwhile_is_priced_by_the_one_build_or_by_the_other(flip: Flip) -> None:
    builds = [each.json()["build"] for each in flip.meanwhile if each.status_code == 201]
    old, new = flip.before[0].json()["build"], flip.after[0].json()["build"]
    assert old != new
    assert builds == [old] * builds.count(old) + [new] * builds.count(new)
    assert old in builds
    for each in flip.meanwhile:
        if each.status_code == 201:
            prediction = each.json()
            same = flip.before if prediction["build"] == old else flip.after
            priced = {row["horse"]: row["p"] for row in prediction["runners"]}
            want = runners(same)
            assert priced == pytest.approx({horse: want[horse]["p"] for horse in priced})


def test_after_it_the_prices_are_the_command_lines_and_no_longer_those_before(flip: Flip) -> None:
    assert {each.status_code for each in flip.after} == {201}
    after, before = runners(flip.after), runners(flip.before)
    want = {row.horse: row.p for race in flip.commanded.predictions for row in race.runners}
    assert {horse: row["p"] for horse, row in after.items()} == pytest.approx(want, abs=1e-12)
    assert any(row["p_model"] != before[horse]["p_model"] for horse, row in after.items())


def test_a_race_is_derived_anew_after_a_build_without_its_card(flip: Flip) -> None:
    assert "horse" in runners(flip.before)[flip.debutant]["unknown"]
    assert "horse" not in runners(flip.after)[flip.debutant]["unknown"]


def test_what_a_card_left_out_stays_out_of_a_race_that_is_derived_anew(flip: Flip) -> None:
    assert flip.left_out not in runners(flip.before)
    assert flip.left_out not in runners(flip.after)

"""A card as `velo predict` prices it: who is out, what is refused, and what stands first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.live.replayed import SETTINGS, World, lived, written
from tests.warehouse.raceform_file import ask
from velo.errors import InputError, ModelError
from velo.live.beyond_reason import BEYOND_REASON
from velo.live.predict import Asked, predict
from velo.live.scoring import BACK
from velo.live.serialise import all_rows, to_json
from velo.racing.odds import decimal_odds
from velo.report.card_page import Standing, page

pytestmark = pytest.mark.slow
KEPT = ("races", "runners", "horses", "courses", "trainers", "jockeys")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("carded") / "home"))
        yield lived(tmp_path_factory.mktemp("files"), 2)


def kept(world: World) -> dict[str, int]:
    """How many rows the warehouse has, a table each."""
    return {name: ask(world.home, f"SELECT count(*) FROM {name}")[0][0] for name in KEPT}


def rows_of(world: World, day: date) -> list[dict[str, str]]:
    with world.card(day).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def card(world: World, name: str, rows: list[dict[str, str]]) -> Path:
    return written(world.folder / name, rows)


def test_a_card_that_is_refused_leaves_nothing(world: World) -> None:
    """Past its off, of a day that the model learned from, or with a price file that is none."""
    before, day = kept(world), sorted(world.days)[0]
    path, late = world.card(day, "late"), datetime.combine(day, time(23, 59), UTC)
    with pytest.raises(InputError, match="no race can be predicted"):
        predict(world.home, SETTINGS, Asked(path, model="challenger"), clock=lambda: late)
    trained = card(
        world, "trained.csv", [row | {"date": "2012-05-01"} for row in rows_of(world, day)]
    )
    with pytest.raises(ModelError, match="was trained on"):
        predict(world.home, SETTINGS, Asked(trained, model="challenger", backfill=True))
    prices = card(world, "none.csv", [{"horse": "A", "draw": "1"}])
    with pytest.raises(InputError, match="needs the columns"):
        world.predict(day, path, prices=prices)
    assert kept(world) == before
    assert not world.home.cards.exists()
    rows = len(rows_of(world, day))
    assert ask(world.home, "SELECT reason, count(*) FROM quarantine GROUP BY 1") == [
        ("file-refused", 2 * rows)
    ]
    assert world.predict(day, path).predictions


def test_non_runners_are_named_and_the_others_have_a_market(world: World) -> None:
    day = sorted(world.days)[0]
    rows = [row | {"non_runner": ""} for row in rows_of(world, day)]
    first = [row for row in rows if row["race_id"] == rows[0]["race_id"]]
    # Without a short-priced horse the others' odds would be beyond reason.
    longest = max(first, key=lambda row: decimal_odds(row["sp"]) or 0)
    longest |= {"non_runner": "true", "sp": ""}
    done = world.predict(day, card(world, "out.csv", rows))
    (absent,) = done.absent
    assert (absent.horse, absent.standing) == (longest["horse"], "non-runner")
    race = next(each for each in done.predictions if each.race_id == absent.race_id)
    assert race.price_kind == "sp"
    assert absent.horse not in {each.horse for each in race.runners}
    assert sum(each.p or 0 for each in race.runners) == pytest.approx(1)
    assert done.unscored == []
    document = to_json(done)
    assert document["absent"][0]["standing"] == "non-runner"
    flat = [row for row in all_rows(done) if row["horse"] == absent.horse]
    assert [(row["verdict"], row["p"], row["odds"]) for row in flat] == [("non-runner", None, None)]
    html = page(document, Standing("1", None, True), "Europe/London")
    assert f"Not running: {absent.horse} (non-runner)." in html
    offline = world.predict(day, card(world, "out.csv", rows), offline=True)
    again = next(each for each in offline.predictions if each.race_id == absent.race_id)
    for one, other in zip(race.runners, again.runners, strict=True):
        assert one.features == pytest.approx(other.features, abs=1e-9, nan_ok=True)


def test_strangers_and_an_unknown_course_stand_first_and_are_said_before_anything_is_kept(
    world: World,
) -> None:
    day = sorted(world.days)[1]
    rows = [
        row | {"horse": f"Stranger {number} (IRE)", "course": "Nowhere Park"}
        for number, row in enumerate(rows_of(world, day))
    ]
    heard: list[int] = []

    def warn(note: str) -> None:
        heard.append(len(note))

    done = predict(
        world.home,
        SETTINGS,
        Asked(card(world, "strange.csv", rows), model="challenger"),
        # An off at a course that nobody knows may be meant twelve hours earlier.
        clock=lambda: datetime.combine(day - timedelta(1), time(20), UTC),
        warn=warn,
    )
    assert done.notes[0].startswith(f"{len(rows)} of {len(rows)} horses were never seen")
    assert done.notes[1].startswith("the course Nowhere Park was never seen")
    assert len(heard) == 2
    html = page(to_json(done), Standing("1", None, True), "Europe/London")
    assert html.index("were never seen") < html.index('<h2 id="race-1-h"')


def test_a_race_whose_odds_are_beyond_reason_is_declined_or_marked(world: World) -> None:
    day = sorted(world.days)[1]
    rows = rows_of(world, day)
    strange = rows[0]["race_id"]
    path = card(
        world,
        "slipped.csv",
        [row | ({"sp": "100/1"} if row["race_id"] == strange else {}) for row in rows],
    )
    done = world.predict(day, path)
    (left,) = done.unscored
    assert "its odds make a book of" in left.reason
    marked = predict(
        world.home,
        SETTINGS.model_copy(
            update={"live": SETTINGS.live.model_copy(update={"beyond_reason": "mark"})}
        ),
        Asked(path, model="challenger"),
        clock=lambda: datetime.combine(day, time(8), UTC),
    )
    assert len(marked.predictions) == len(done.predictions) + 1
    (race,) = [
        each
        for each in marked.predictions
        if {runner.verdict for runner in each.runners} == {BEYOND_REASON}
    ]
    assert (race.price_kind, {runner.odds for runner in race.runners}) == (None, {101.0})
    assert not any(runner.stakes or runner.p for runner in race.runners)
    assert "cannot be a market" in page(to_json(marked), Standing("1", None, True), "Europe/London")


@pytest.mark.parametrize("strategy", ["top10", "all"])
def test_who_is_backed_and_at_which_stake_is_asked_of_the_strategy_that_is_set(
    world: World, strategy: str
) -> None:
    day = sorted(world.days)[1]
    own = SETTINGS.model_copy(
        update={"live": SETTINGS.live.model_copy(update={"strategy": strategy})}
    )
    done = predict(
        world.home,
        own,
        Asked(world.card(day, f"for_{strategy}"), model="challenger"),
        clock=lambda: datetime.combine(day, time(8), UTC),
    )
    runners = [runner for race in done.predictions for runner in race.runners]
    assert {race.strategy for race in done.predictions} == {strategy}
    assert any(runner.stakes for runner in runners)
    for runner in runners:
        assert (runner.verdict == BACK) == (strategy in runner.stakes)

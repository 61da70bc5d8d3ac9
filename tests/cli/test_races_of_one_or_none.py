"""A world in which many races are walked over or lose every runner, from results to the ledger."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.velo_command import Answer, velo
from tests.live.replayed import written
from velo.home import Home
from velo.store.registration import apply

pytestmark = pytest.mark.slow

SETTINGS = """\
[training]
folds = 2
history_days = 150
holdout_days = 60
bootstrap_draws = 100
[ranker]
rounds = 20
early_stopping = 10
"""
AFTERWARDS = ("pos", "ovr_btn", "btn", "time", "rpr", "ts", "comment", "prize", "ran")
WALKED_OVER, ALL_WITHDRAWN, ONE_LEFT = "walked over", "all withdrawn", "one left"
KINDS = {1: WALKED_OVER, 4: ALL_WITHDRAWN, 7: ONE_LEFT}
"""Which of ten races in turn; the others are as they were."""

Row = dict[str, str]


def emptied(rows: list[Row], kind: str | None) -> list[Row]:
    """A race's rows as results would have them; prices stay, which nobody may bet at."""
    if kind is None:
        return rows
    first = [row | {"pos": "1", "ran": "1", "btn": "", "ovr_btn": ""} for row in rows[:1]]
    gone = [row | dict.fromkeys(AFTERWARDS, "") | {"pos": "NR"} for row in rows]
    if kind == WALKED_OVER:
        return first
    return gone if kind == ALL_WITHDRAWN else first + gone[1:]


@dataclass(frozen=True)
class World:
    """What was lived, and what the commands said.

    Attributes:
        kinds: race id of the file -> what became of the race; None of a usual one.
        card: the races of the last day, in their order.
    """

    home: Path
    kinds: dict[str, str | None]
    card: list[str]
    answers: dict[str, Answer]

    def json(self, command: str) -> Any:
        return self.answers[command].json


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("races_of_one")
    home, whole = place / "home", place / "world.csv"
    home.mkdir()
    (home / "velo.toml").write_text(SETTINGS, encoding="utf-8")
    made = velo(home, "synth", "--runners", "4000", "--seed", "5", "--out", str(whole))
    assert made.code == 0, made.err
    with whole.open(encoding="utf-8", newline="") as file:
        races = [list(rows) for _, rows in groupby(csv.DictReader(file), lambda r: r["race_id"])]
    last = races[-1][0]["date"]
    before = [rows for rows in races if rows[0]["date"] < last]
    today = [rows for rows in races if rows[0]["date"] == last]
    kinds = {rows[0]["race_id"]: KINDS.get(i % 10) for i, rows in enumerate(before)}
    of_today = [WALKED_OVER, ALL_WITHDRAWN, ONE_LEFT, *[None] * len(today)]
    kinds |= {rows[0]["race_id"]: kind for rows, kind in zip(today, of_today, strict=False)}
    lived = [emptied(rows, kinds[rows[0]["race_id"]]) for rows in before]
    ended = [emptied(rows, kinds[rows[0]["race_id"]]) for rows in today]
    declared = [rows[:1] if kinds[rows[0]["race_id"]] == WALKED_OVER else rows for rows in today]
    history = written(place / "history.csv", list(chain.from_iterable(lived)))
    results = written(place / "results.csv", list(chain.from_iterable(ended)))
    card = written(
        place / "card.csv",
        [
            {
                key: row[key]
                for key in (
                    "date",
                    "course",
                    "race_id",
                    "off",
                    "race_name",
                    "type",
                    "dist",
                    "going",
                    "horse",
                    "num",
                    "draw",
                    "age",
                    "sex",
                    "jockey",
                    "trainer",
                )
            }
            | {"odds": row["sp"]}
            for rows in declared
            for row in rows
        ],
    )
    answers = {"ingest": velo(home, "ingest", str(history)), "build": velo(home, "build")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(home))
        apply()
    answers["train"] = velo(home, "train", "--json")
    answers["backtest"] = velo(home, "backtest", "--json")
    answers["predict"] = velo(
        home, "predict", str(card), "--model", "challenger", "--backfill", "--json"
    )
    answers["results"] = velo(home, "results", str(results), "--json")
    answers["ledger"] = velo(home, "ledger", "--backfill", "--json")
    return World(home, kinds, [rows[0]["race_id"] for rows in today], answers)


def test_every_command_goes_through(world: World) -> None:
    ends = {name: answer.code for name, answer in world.answers.items()}
    assert {name for name, code in ends.items() if code not in (0, 1)} == set(), {
        name: answer.err for name, answer in world.answers.items() if answer.code
    }


def test_no_race_is_lost_and_none_has_a_runner_too_many(world: World) -> None:
    with duckdb.connect(Home(world.home).warehouse, read_only=True) as con:
        ran = dict(
            con.execute(
                "SELECT source_race_id, count(*) FILTER (status <> 'withdrawn') "
                "FROM races JOIN results USING (race_id) GROUP BY ALL"
            ).fetchall()
        )
    assert set(ran) == set(world.kinds)
    expected = {WALKED_OVER: 1, ALL_WITHDRAWN: 0, ONE_LEFT: 1}
    assert all(ran[race] == expected[kind] for race, kind in world.kinds.items() if kind)


def test_no_such_race_teaches_or_judges_a_model(world: World) -> None:
    (judged,) = Home(world.home).artifacts.rglob("holdout_predictions.parquet")
    with duckdb.connect() as con:
        sizes = con.execute(
            f"SELECT count(*) FROM read_parquet('{judged}') GROUP BY race_id"
        ).fetchall()
    assert min(sizes) >= (2,)
    report = world.json("backtest")
    assert report["races"] == len(sizes)


def test_a_race_of_one_is_not_predicted_and_says_so(world: World) -> None:
    predicted = world.json("predict")
    assert len(predicted["races"]) == len(world.card) - 1
    assert "it has fewer than two runners" in str(predicted)


def test_a_race_that_lost_every_runner_is_no_race_of_the_ledger_and_pays_nothing(
    world: World,
) -> None:
    """Of the two that were predicted, the one with a runner left is a race."""
    ledger = world.json("ledger")
    everything = next(each for each in ledger["spans"] if each["span"] == "all")
    assert ledger["backfilled_races"] == len(world.card) - 1
    assert everything["races"] == len(world.card) - 2
    assert everything["profit"] == 0

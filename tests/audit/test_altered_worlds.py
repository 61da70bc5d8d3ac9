"""What a cut, a poisoned and a shuffled warehouse hold."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.offline.built_world import SETTINGS, Applied, LittleWorld
from velo.audit.known_after import COPIES, KNOWN_AFTER, KNOWN_BEFORE
from velo.audit.worlds import NONSENSE, Alteration, cut, poisoned, shuffled, world
from velo.settings import PROJECT_ROOT

TABLE = re.compile(r"^## Table `(\w+)`")
ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]+) \|$")
ALL_OF_IT = "results JOIN races USING (race_id)"


@pytest.fixture(scope="module")
def day(little_world: LittleWorld) -> date:
    days = sorted(s.date for s in little_world.starts if s.started)
    inner = days[len(days) // 4 : -len(days) // 4]
    return max(set(inner), key=inner.count)


def asked(applied: Applied, alter: Alteration, sql: str) -> list[Any]:
    with world(applied.home, SETTINGS, alter) as con:
        return con.execute(sql).fetchall()


def test_the_list_of_late_columns_is_that_of_the_page_on_the_data() -> None:
    page = (PROJECT_ROOT / "docs" / "data.md").read_text(encoding="utf-8").splitlines()
    late: dict[str, set[str]] = {}
    table = ""
    for line in page:
        if heading := TABLE.match(line):
            table = heading[1]
        elif line.startswith("## "):
            table = ""
        elif table and (row := ROW.match(line)) and row[2].startswith("after"):
            late.setdefault(table, set()).add(row[1])
    assert late == {name: set(columns) for name, columns in KNOWN_AFTER.items()}
    kinds = next(line for line in page if line.startswith("| `evening`, `breakfast`"))
    early = {
        word
        for line in page
        if line.endswith("| before |") and "| `" in line
        for word in re.findall(r"`([\w-]+)`", line.split("|")[1])
    }
    assert set(KNOWN_BEFORE) <= early
    assert kinds.endswith("| before |")


def test_every_late_column_is_poisoned() -> None:
    assert {name for columns in KNOWN_AFTER.values() for name in columns} <= set(NONSENSE)
    assert set(COPIES.values()) <= {*KNOWN_AFTER, "prices_history"}


def test_a_cut_leaves_cards_of_the_day_and_nothing_later(recorded: Applied, day: date) -> None:
    ((results, races, cards),) = asked(
        recorded,
        cut(day),
        f"SELECT (SELECT max(date) FROM {ALL_OF_IT}), max(date), "
        f"count(*) FILTER (date = DATE '{day}') FROM races",
    )
    assert results < day
    assert races == day
    assert cards > 0


def test_a_card_of_the_cut_lists_those_that_came_under_orders(
    recorded: Applied, little_world: LittleWorld, day: date
) -> None:
    ((listed,),) = asked(
        recorded,
        cut(day),
        f"SELECT count(*) FROM runners JOIN races USING (race_id) WHERE date = DATE '{day}'",
    )
    assert listed == sum(s.started for s in little_world.starts if s.date == day)


def test_poison_is_in_every_result_from_the_day_on_and_in_none_before(
    recorded: Applied, day: date
) -> None:
    counts = dict(
        asked(
            recorded,
            poisoned(day),
            f"SELECT date >= DATE '{day}', count(*) FILTER (position <> 'poison') = 0 "
            f"AND count(*) FILTER (seconds = 1) = count(*) FROM {ALL_OF_IT} GROUP BY 1",
        )
    )
    assert counts == {True: True, False: False}


def test_an_early_position_is_known_after_its_race_and_a_rail_before(
    recorded: Applied, day: date
) -> None:
    assert "early_position" in KNOWN_AFTER["results"]
    assert "rail" not in KNOWN_AFTER["races"]
    today = f"FROM {ALL_OF_IT} WHERE date = DATE '{day}' AND status <> 'withdrawn'"
    assert asked(recorded, cut(day), f"SELECT count(early_position) {today}") == [(0,)]
    assert asked(recorded, poisoned(day), f"SELECT DISTINCT early_position {today}") == [(9.0,)]
    dealt = f"SELECT race_id, horse_id, early_position {today} ORDER BY ALL"
    as_it_was = asked(recorded, lambda con, source, table, names: f"FROM {source}.{table}", dealt)
    now = asked(recorded, shuffled(day, 1), dealt)
    assert now != as_it_was
    assert Counter(row[2] for row in now) == Counter(row[2] for row in as_it_was)


def test_shuffling_deals_out_a_days_own_values_and_touches_no_other_day(
    recorded: Applied, day: date
) -> None:
    columns = "date, race_id, horse_id, finish, seconds, ts, rpr, status"
    sql = f"SELECT {columns} FROM {ALL_OF_IT} ORDER BY ALL"
    was = asked(recorded, lambda con, source, table, names: f"SELECT * FROM {source}.{table}", sql)
    now = asked(recorded, shuffled(day, 1), sql)
    assert [row for row in was if row[0] != day] == [row for row in now if row[0] != day]
    mine = [[row for row in rows if row[0] == day] for rows in (was, now)]
    assert mine[0] != mine[1]
    for place in range(3, 8):
        assert Counter(row[place] for row in mine[0]) == Counter(row[place] for row in mine[1])
    gone = [
        [row[:3] for row in rows if row[7] not in ("finished", "non-finisher")] for rows in mine
    ]
    assert gone[0] == gone[1]

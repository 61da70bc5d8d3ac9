"""Exchange price files: to whom their prices belong, and what becomes of those of nobody yet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, race, row
from velo.home import Home
from velo.warehouse.readers import exchange

COLUMNS = (
    "EVENT_ID",
    "MENU_HINT",
    "EVENT_NAME",
    "EVENT_DT",
    "SELECTION_ID",
    "SELECTION_NAME",
    "WIN_LOSE",
    "BSP",
    "PPWAP",
    "MORNINGWAP",
    "PPMAX",
    "PPMIN",
    "IPMAX",
    "IPMIN",
    "MORNINGTRADEDVOL",
    "PPTRADEDVOL",
    "IPTRADEDVOL",
)


def quote(horse: str, bsp: str = "8", **changes: str) -> dict[str, str]:
    """A price of the 2:30 at Ripon on 26 April 2015, or as `changes` say."""
    usual = {
        "EVENT_ID": "166874704",
        "MENU_HINT": "GB / Ripon 26th Apr",
        "EVENT_NAME": "5f Hcap",
        "EVENT_DT": "26-04-2015 14:30",
        "SELECTION_ID": "18992363",
        "SELECTION_NAME": horse,
        "WIN_LOSE": "0",
        "BSP": bsp,
    }
    return usual | changes


def prices_of(folder: Path, rows: Iterable[dict[str, str]], name: str = "prices.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def on_the_exchange(home: Home) -> list[tuple[str, str, float, int]]:
    """Horse, kind, price and batch of every exchange price."""
    return ask(
        home,
        "SELECT horse, kind, decimal_odds, p.batch_id FROM prices_history AS p "
        "JOIN runners USING (race_id, horse_id) WHERE p.source = 'exchange' ORDER BY ALL",
    )


def waiting(home: Home) -> list[tuple[str, str, float]]:
    return ask(
        home, "SELECT horse, kind, decimal_odds FROM waiting_prices ORDER BY horse, kind, line"
    )


def reasons(home: Home) -> dict[str, int]:
    return dict(ask(home, "SELECT reason, count(*) FROM quarantine GROUP BY reason"))


def test_every_kind_of_price_goes_to_its_runner(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    price = quote(
        "Alpha",
        "8",
        PPWAP="5.25552375674192372834339419325342366313",
        MORNINGWAP="4.2",
        PPMAX="8.4",
        PPMIN="3.75",
        IPMAX="950",
        IPMIN="1.01",
    )
    batch = load(home, prices_of(tmp_path, [price]))
    assert (batch.format, batch.accepted, batch.unmatched) == (exchange.READER.name, 1, 0)
    assert on_the_exchange(home) == [
        ("Alpha (IRE)", "bsp", 8.0, 2),
        ("Alpha (IRE)", "in-play-max", 950.0, 2),
        ("Alpha (IRE)", "in-play-min", 1.01, 2),
        ("Alpha (IRE)", "max", 8.4, 2),
        ("Alpha (IRE)", "min", 3.75, 2),
        ("Alpha (IRE)", "morning", 4.2, 2),
        ("Alpha (IRE)", "wap", pytest.approx(5.255523756741924), 2),
    ]
    assert ask(home, "SELECT kind, quoted FROM prices_history WHERE quoted IS NOT NULL") == [
        (kind, dt.datetime(2015, 4, 26, 14, 30)) for kind in ("sp", "sp", "sp", "bsp")
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize(("clock", "unmatched"), [("14:15", 0), ("14:45", 0), ("14:46", 1)])
def test_a_race_goes_off_within_fifteen_minutes_of_the_advertised_time(
    home: Home, tmp_path: Path, clock: str, unmatched: int
) -> None:
    load(home, file_of(tmp_path, race()))
    price = quote("Bravo", EVENT_DT=f"26-04-2015 {clock}")
    assert load(home, prices_of(tmp_path, [price])).unmatched == unmatched


@pytest.mark.slow
def test_a_row_without_an_off_finds_the_horses_race_of_that_day(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, prices_of(tmp_path, [quote("Bravo", EVENT_DT="26-04-2015")]))
    assert on_the_exchange(home) == [("Bravo", "bsp", 8.0, 2)]


@pytest.mark.slow
def test_of_two_races_of_a_day_the_price_is_the_nearer_ones(home: Home, tmp_path: Path) -> None:
    rows = [row("Alpha", "1", off="2:30"), row("Alpha", "1", off="2:50")]
    load(home, file_of(tmp_path, rows))
    load(home, prices_of(tmp_path, [quote("Alpha", EVENT_DT="26-04-2015 14:45")]))
    assert ask(
        home,
        "SELECT off FROM prices_history JOIN races USING (race_id) WHERE kind = 'bsp'",
    ) == [("14:50",)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("hint", "course", "horse"),
    [
        ("GB / Ling 26th Apr", "Lingfield (AW)", "alpha"),
        ("GB / ChelmC 26th Apr", "Chelmsford (AW)", "ALPHA"),
        ("IRE / Leop 26th Apr", "Leopardstown (IRE)", "Alpha (IRE)"),
    ],
)
def test_courses_are_cut_short_and_horses_lose_their_suffix(
    home: Home, tmp_path: Path, hint: str, course: str, horse: str
) -> None:
    load(home, file_of(tmp_path, race(course=course)))
    assert load(home, prices_of(tmp_path, [quote(horse, MENU_HINT=hint)])).unmatched == 0
    assert [who for who, *_ in on_the_exchange(home)] == ["Alpha (IRE)"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "changes",
    [
        {"SELECTION_NAME": "Delta"},
        {"EVENT_DT": "27-04-2015 14:30"},
        {"MENU_HINT": "GB / Ling 26th Apr"},
    ],
)
def test_another_horse_day_or_course_waits(
    home: Home, tmp_path: Path, changes: dict[str, str]
) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, prices_of(tmp_path, [quote("Alpha", PPWAP="7") | changes]))
    assert (batch.accepted, batch.unmatched) == (1, 1)
    assert on_the_exchange(home) == []
    who = changes.get("SELECTION_NAME", "Alpha")
    assert waiting(home) == [(who, "bsp", 8.0), (who, "wap", 7.0)]


@pytest.mark.slow
def test_two_horses_of_one_name_in_one_race_are_told_apart_by_country_or_not_at_all(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha (IRE)", "1"), row("Alpha (FR)", "2", num="2")]))
    assert load(home, prices_of(tmp_path, [quote("Alpha")])).unmatched == 1
    assert load(home, prices_of(tmp_path, [quote("Alpha (FR)", "9")], "fr.csv")).unmatched == 0
    assert on_the_exchange(home) == [("Alpha (FR)", "bsp", 9.0, 3)]


def test_prices_before_the_results_wait_for_them_under_their_own_batch(
    home: Home, tmp_path: Path
) -> None:
    prices = [quote("Alpha", PPWAP="7"), quote("Delta", EVENT_DT="27-04-2015 14:30")]
    batch = load(home, prices_of(tmp_path, prices))
    assert (batch.accepted, batch.unmatched) == (2, 2)
    load(home, file_of(tmp_path, race(date="2015-04-25"), "before.csv"))
    assert len(waiting(home)) == 3
    load(home, file_of(tmp_path, race()))
    assert on_the_exchange(home) == [("Alpha (IRE)", "bsp", 8.0, 1), ("Alpha (IRE)", "wap", 7.0, 1)]
    assert ask(home, "SELECT quoted FROM prices_history WHERE kind = 'bsp'") == [
        (dt.datetime(2015, 4, 26, 14, 30),)
    ]
    assert waiting(home) == [("Delta", "bsp", 8.0)]


@pytest.mark.slow
def test_prices_before_and_after_the_results_end_as_the_same_rows(tmp_path: Path) -> None:
    results = file_of(tmp_path, race())
    prices = prices_of(tmp_path, [quote("Alpha", PPWAP="7"), quote("Bravo", "3.4")])
    histories = []
    for place, files in enumerate(((results, prices), (prices, results))):
        (tmp_path / str(place)).mkdir()
        home = Home(tmp_path / str(place))
        for path in files:
            load(home, path)
        histories.append(
            ask(
                home,
                "SELECT * EXCLUDE (batch_id) FROM prices_history ORDER BY ALL",
            )
        )
    assert histories[0] == histories[1]


def test_a_price_told_again_is_unchanged_and_another_price_keeps_the_earlier(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, prices_of(tmp_path, [quote("Alpha", "8"), quote("Bravo", "3.4")]))
    again = [quote("Bravo", "3.4", EVENT_ID="7"), quote("Alpha", "9", PPWAP="7")]
    batch = load(home, prices_of(tmp_path, again, "again.csv"))
    assert (batch.accepted, batch.updated, batch.unchanged) == (0, 1, 1)
    assert on_the_exchange(home) == [
        ("Alpha (IRE)", "bsp", 9.0, 3),
        ("Alpha (IRE)", "wap", 7.0, 3),
        ("Bravo", "bsp", 3.4, 2),
    ]
    assert ask(
        home, "SELECT kind, decimal_odds, batch_id, replaced_by FROM earlier_prices_history"
    ) == [("bsp", 8.0, 2, 3)]


@pytest.mark.slow
def test_a_waiting_price_told_again_is_unchanged_and_another_takes_its_place(
    home: Home, tmp_path: Path
) -> None:
    load(home, prices_of(tmp_path, [quote("Alpha", "8"), quote("Bravo", "3.4")]))
    again = [quote("Bravo", "3.4", EVENT_ID="7"), quote("Alpha", "9")]
    batch = load(home, prices_of(tmp_path, again, "again.csv"))
    assert (batch.accepted, batch.updated, batch.unchanged, batch.unmatched) == (0, 1, 1, 2)
    assert waiting(home) == [("Alpha", "bsp", 9.0), ("Bravo", "bsp", 3.4)]
    load(home, file_of(tmp_path, race()))
    assert on_the_exchange(home) == [("Alpha (IRE)", "bsp", 9.0, 2), ("Bravo", "bsp", 3.4, 1)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"EVENT_DT": "31-02-2015 14:30"}, "date-unreadable"),
        ({"EVENT_DT": ""}, "date-unreadable"),
        ({"MENU_HINT": ""}, "course-missing"),
        ({"SELECTION_NAME": ""}, "horse-missing"),
        ({"BSP": ""}, "price-missing"),
        ({"BSP": "1"}, "price-missing"),
        ({"BSP": "9" * 400}, "price-missing"),
        ({"EVENT_NAME": "To Be Placed"}, "place-market"),
        ({"EVENT_NAME": "2m Hcap TBP"}, "place-market"),
    ],
)
def test_a_row_that_gives_no_win_price_of_a_runner_is_refused(
    home: Home, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, prices_of(tmp_path, [quote("Alpha") | changes, quote("Bravo", "3.4")]))
    assert (batch.accepted, batch.quarantined) == (1, 1)
    assert reasons(home) == {reason: 1}
    assert on_the_exchange(home) == [("Bravo", "bsp", 3.4, 2)]
    assert ask(home, "SELECT line, raw LIKE '{%\"line\"%' FROM quarantine") == [(2, True)]


@pytest.mark.slow
def test_a_runner_told_twice_in_a_file_is_refused_the_second_time(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    prices = [
        quote("Alpha", "8", EVENT_DT="26-04-2015 14:40"),
        quote("Alpha", "9", EVENT_DT="26-04-2015 14:40"),
        quote("Alpha", "7"),
        quote("Delta", "5"),
        quote("Delta", "6"),
    ]
    batch = load(home, prices_of(tmp_path, prices))
    assert (batch.accepted, batch.quarantined, batch.unmatched) == (2, 3, 1)
    # The row whose off is the race's own stands.
    assert on_the_exchange(home) == [("Alpha (IRE)", "bsp", 7.0, 2)]
    assert waiting(home) == [("Delta", "bsp", 5.0)]
    assert reasons(home) == {"duplicate-runner": 3}


def test_a_line_that_does_not_split_is_counted_and_kept(home: Home, tmp_path: Path) -> None:
    path = prices_of(tmp_path, [quote("Alpha")])
    path.write_text(path.read_text(encoding="utf-8") + "a,b\n", encoding="utf-8")
    batch = load(home, path)
    assert (batch.rows_read, batch.accepted, batch.quarantined) == (2, 1, 1)
    assert reasons(home) == {"malformed-line": 1}


@pytest.mark.slow
def test_a_price_that_was_overtaken_while_it_waited_is_kept_as_an_earlier_one(
    home: Home, tmp_path: Path
) -> None:
    early = quote("Alpha", "8", EVENT_DT="26-04-2015 14:10")
    load(home, prices_of(tmp_path, [early]))
    load(home, file_of(tmp_path, race()))
    load(home, prices_of(tmp_path, [quote("Alpha", "9")], "later.csv"))
    # The off is corrected: the price that waited was of this race too.
    load(home, file_of(tmp_path, race(off="2:20", comment="led"), "corrected.csv"))
    assert [price for *_, price, _ in on_the_exchange(home)] == [9.0]
    assert ask(
        home,
        "SELECT decimal_odds, batch_id, replaced_by FROM earlier_prices_history "
        "WHERE source = 'exchange'",
    ) == [(8.0, 1, 3)]
    assert waiting(home) == []

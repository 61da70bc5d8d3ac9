"""The moment of each race's off, from files and in homes that were filled before it was kept."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import STORE, ask, file_of, load, race, row
from tests.warehouse.test_price_files import on_the_exchange, prices_of, quote, waiting
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.stored_offs import broken_offs, fill_offs, mend_offs


def utc(day: int, hour: int, minute: int = 0, month: int = 8, year: int = 2023) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


def meeting(course: str, date: str, offs: str, **changes: str) -> list[dict[str, str]]:
    """A race at each off, two horses in each."""
    return [
        row(
            f"{horse} {course} {date} {place}",
            str(pos),
            course=course,
            date=date,
            off=off,
            race_id=str(1000 + place),
            race_name=f"Stakes {place}",
            ran="2",
            num=str(pos),
            **changes,
        )
        for place, off in enumerate(offs.split())
        for pos, horse in enumerate(("Alder", "Birch"), 1)
    ]


def offs(home: Home) -> list[tuple[str, str | None, dt.datetime | None, str | None, int | None]]:
    return ask(
        home,
        "SELECT course, off, off_at, off_zone, off_doubt FROM races ORDER BY course, date, "
        "off_at, off",
    )


def test_a_race_has_the_moment_of_its_off(home: Home, tmp_path: Path) -> None:
    load(
        home,
        file_of(
            tmp_path,
            meeting("Ripon", "2023-08-12", "2:30")
            + meeting("Del Mar (USA)", "2023-08-12", "11:43 12:15")
            + meeting("Randwick (AUS)", "2023-08-12", "4:35"),
        ),
    )
    assert offs(home) == [
        ("Del Mar (USA)", "23:43", utc(12, 22, 43), "America/Los_Angeles", 0),
        ("Del Mar (USA)", "00:15", utc(12, 23, 15), "America/Los_Angeles", 0),
        ("Randwick (AUS)", "04:35", utc(12, 3, 35), "Australia/Sydney", 0),
        ("Ripon", "14:30", utc(12, 13, 30), "Europe/London", 0),
    ]


@pytest.mark.slow
def test_a_file_may_change_its_clock_between_two_days(home: Home, tmp_path: Path) -> None:
    load(
        home,
        file_of(
            tmp_path,
            meeting("Leicester", "2025-10-14", "1:40 4:10")
            + meeting("Bath", "2025-10-16", "13:05 16:35"),
        ),
    )
    assert [each[:2] for each in offs(home)] == [
        ("Bath", "13:05"),
        ("Bath", "16:35"),
        ("Leicester", "13:40"),
        ("Leicester", "16:10"),
    ]


def test_an_off_twelve_hours_from_its_meeting_is_null_and_its_rows_stay(
    home: Home, tmp_path: Path
) -> None:
    batch = load(home, file_of(tmp_path, meeting("York", "2023-08-12", "13:40 14:15 02:50 15:25")))
    assert (batch.accepted, batch.quarantined) == (8, 0)
    assert [each[1] for each in offs(home)] == ["13:40", "14:15", "15:25", None]


@pytest.mark.slow
def test_an_off_beyond_reason_tells_its_race_from_others_all_the_same(
    home: Home, tmp_path: Path
) -> None:
    rows = meeting("York", "2023-08-12", "13:40 02:50 03:25")
    for each in rows:
        each |= {"race_id": "", "race_name": "Handicap"}
    assert load(home, file_of(tmp_path, rows)).accepted == 6
    assert ask(home, "SELECT count(*) FROM races") == [(3,)]


def card(folder: Path, rows: Iterable[dict[str, str]]) -> Path:
    path = folder / "card.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file,
            ["date", "course", "off", "off_dt", "race_id", "horse", "num"],
            extrasaction="ignore",
            restval="",
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_moment_with_its_zone_decides_alone(home: Home, tmp_path: Path) -> None:
    rows = meeting("Keeneland (USA)", "2023-04-12", "10:16", off_dt="2023-04-12T17:16:00-04:00")
    load(home, card(tmp_path, rows))
    assert offs(home) == [
        ("Keeneland (USA)", "22:16", utc(12, 21, 16, month=4), "America/New_York", 0)
    ]


@pytest.mark.slow
def test_a_slug_without_a_country_goes_by_the_courses_name(home: Home, tmp_path: Path) -> None:
    rows = [
        each
        for name, off in [
            ("randwick", "4:35"),
            ("keeneland", "10:16"),
            ("newbury", "2:35"),
            ("nobody-knows-it", "2:35"),
        ]
        for each in meeting(name, "2021-05-08", off)
    ]
    load(home, file_of(tmp_path, rows))
    assert [(each[0], each[1], each[3], each[4]) for each in offs(home)] == [
        ("keeneland", "22:16", "America/New_York", 0),
        ("newbury", "14:35", "Europe/London", 0),
        ("nobody-knows-it", "14:35", None, 720),
        ("randwick", "04:35", "Australia/Sydney", 0),
    ]


@pytest.mark.slow
def test_a_doubtful_off_gives_way_to_a_less_trusted_one_without_doubt(
    home: Home, tmp_path: Path
) -> None:
    rows = meeting("Longchamp (FR)", "2023-06-01", "9:30")
    load(home, file_of(tmp_path, rows))
    assert [each[1:] for each in offs(home)] == [
        ("21:30", utc(1, 20, 30, month=6), "Europe/Paris", 720)
    ]
    for each in rows:
        each["off_dt"] = "2023-06-01T08:30:00+00:00"
    load(home, card(tmp_path, rows))
    assert [each[1:] for each in offs(home)] == [
        ("09:30", utc(1, 8, 30, month=6), "Europe/Paris", 0)
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("course", "hint", "date", "off", "event"),
    [
        ("Randwick (AUS)", "AUS / Rand (AUS) 15th Mar", "2025-03-15", "5:30", "15-03-2025 05:30"),
        ("Randwick (AUS)", "AUS / Rand (AUS) 15th Mar", "2025-03-15", "5:30", "15-03-2025 16:30"),
        ("Eagle Farm (AUS)", "AUS / EgFm 15th Mar", "2025-03-15", "5:30", "15-03-2025 15:30"),
        ("Ellerslie (NZ)", "NZ / Ellers 15th Mar", "2025-03-15", "11:30", "15-03-2025 12:30"),
        ("Ellerslie (NZ)", "NZ / Ellers 14th Mar", "2025-03-15", "11:30", "14-03-2025 23:30"),
        ("Del Mar (USA)", "US / DelMar 13th Aug", "2023-08-12", "12:15", "13-08-2023 00:15"),
        ("Del Mar (USA)", "US / DelMar 12th Aug", "2023-08-12", "12:15", "12-08-2023 16:17"),
    ],
)
@pytest.mark.parametrize("prices_first", [False, True])
def test_a_price_files_time_is_british_or_the_courses(
    home: Home,
    tmp_path: Path,
    prices_first: bool,
    course: str,
    hint: str,
    date: str,
    off: str,
    event: str,
) -> None:
    results = file_of(tmp_path, meeting(course, date, off))
    price = quote(f"7. Alder {course} {date} 0", MENU_HINT=hint, EVENT_DT=event)
    prices = prices_of(tmp_path, [price])
    for path in (prices, results) if prices_first else (results, prices):
        load(home, path)
    assert [each[1:3] for each in on_the_exchange(home)] == [("bsp", 8.0)]
    assert waiting(home) == []


@pytest.mark.slow
def test_a_price_of_another_day_is_no_price_of_a_race_whose_off_is_not_near(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, meeting("Ripon", "2023-08-12", "2:30")))
    price = quote(
        "Alder Ripon 2023-08-12 0", MENU_HINT="GB / Ripon 13th Aug", EVENT_DT="13-08-2023 14:30"
    )
    load(home, prices_of(tmp_path, [price]))
    assert on_the_exchange(home) == []


@pytest.mark.slow
def test_a_name_may_begin_with_a_number_of_its_own(home: Home, tmp_path: Path) -> None:
    rows = race()
    rows[0]["horse"], rows[1]["horse"] = "4 Oaks (IRE)", "6 Elms"
    load(home, file_of(tmp_path, rows))
    load(home, prices_of(tmp_path, [quote("1. 4 Oaks", "3"), quote("6 Elms", "5")]))
    assert [(each[0], each[2]) for each in on_the_exchange(home)] == [
        ("4 Oaks (IRE)", 3.0),
        ("6 Elms", 5.0),
    ]


def test_what_a_price_was_quoted_at_is_british_time(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, meeting("Del Mar (USA)", "2023-08-12", "12:15")))
    price = quote(
        "Alder Del Mar (USA) 2023-08-12 0",
        MENU_HINT="US / DelMar 12th Aug",
        EVENT_DT="12-08-2023 16:15",
    )
    load(home, prices_of(tmp_path, [price]))
    assert ask(home, "SELECT quoted FROM prices_history WHERE kind = 'bsp'") == [
        (dt.datetime(2023, 8, 13, 0, 15),)
    ]


def before_moments(home: Home, tmp_path: Path) -> None:
    """Races as an earlier version kept them: no moment, and some on the wrong half of the day."""
    load(
        home,
        file_of(
            tmp_path,
            meeting("Ripon", "2023-08-12", "2:30 3:05")
            + meeting("Leicester", "2023-08-12", "1:40 2:10 4:10")
            + meeting("Randwick (AUS)", "2023-08-12", "4:35")
            + meeting("Del Mar (USA)", "2023-08-12", "11:43 12:15")
            + meeting("Longchamp (FR)", "2023-08-12", "9:30"),
        ),
    )
    with warehouse(home, STORE, write=True) as con:
        for course, right, wrong in [
            ("Leicester", "13:40", "01:40"),
            ("Leicester", "14:10", "02:10"),
            ("Leicester", "16:10", "04:10"),
            ("Randwick (AUS)", "04:35", "16:35"),
            ("Del Mar (USA)", "00:15", "12:15"),
        ]:
            con.execute(
                "UPDATE races SET off = ? WHERE course = ? AND off = ?", [wrong, course, right]
            )
        con.execute("UPDATE races SET off_at = NULL, off_zone = NULL, off_doubt = NULL")


def test_stored_offs_get_their_moments_where_they_can_be_right(home: Home, tmp_path: Path) -> None:
    before_moments(home, tmp_path)
    with warehouse(home, STORE, write=True) as con:
        assert fill_offs(con) == 4
        assert fill_offs(con) == 0
    assert offs(home) == [
        ("Del Mar (USA)", "23:43", utc(12, 22, 43), "America/Los_Angeles", 0),
        ("Del Mar (USA)", "12:15", None, "America/Los_Angeles", None),
        ("Leicester", "01:40", None, "Europe/London", None),
        ("Leicester", "02:10", None, "Europe/London", None),
        ("Leicester", "04:10", None, "Europe/London", None),
        ("Longchamp (FR)", "21:30", utc(12, 20, 30), "Europe/Paris", 720),
        ("Randwick (AUS)", "16:35", None, "Australia/Sydney", None),
        ("Ripon", "14:30", utc(12, 13, 30), "Europe/London", 0),
        ("Ripon", "15:05", utc(12, 14, 5), "Europe/London", 0),
    ]


def test_broken_offs_are_put_right_and_the_races_keep_their_ids(home: Home, tmp_path: Path) -> None:
    before_moments(home, tmp_path)
    ids = ask(home, "SELECT race_id FROM races ORDER BY race_id")
    with warehouse(home, STORE, write=True) as con:
        con.execute("BEGIN")
        fill_offs(con)
        mended = mend_offs(con, 7)
        assert broken_offs(con) == []
        con.execute("COMMIT")
    assert [(each.course, each.stored, each.right.hh_mm) for each in mended] == [
        ("Del Mar (USA)", "12:15", "00:15"),
        ("Leicester", "01:40", "13:40"),
        ("Leicester", "02:10", "14:10"),
        ("Leicester", "04:10", "16:10"),
        ("Randwick (AUS)", "16:35", "04:35"),
    ]
    assert ask(home, "SELECT race_id FROM races ORDER BY race_id") == ids
    assert ask(home, "SELECT off FROM earlier_races WHERE replaced_by = 7 ORDER BY off") == [
        ("01:40",),
        ("02:10",),
        ("04:10",),
        ("12:15",),
        ("16:35",),
    ]
    assert ask(home, "SELECT count(*) FROM races WHERE off_at IS NULL") == [(0,)]

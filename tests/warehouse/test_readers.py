"""What each format's columns mean, read from small files of that format."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.headers import HEADERS, of_format
from tests.warehouse.staged import staged
from velo.warehouse.readers import READERS, Reader
from velo.warehouse.readers.reader import FIELDS, Spelling
from velo.warehouse.readers.spellings import spelt

PRECEDENCE = (
    "hong_kong",
    "raceform",
    "rpscrape",
    "racing_api",
    "gb_all_weather",
    "racing_data",
    "rpscrape_old",
    "racecard",
    "exchange",
)
KNOWN_AFTER = ("position", "rpr", "ts", "seconds", "time", "beaten", "prize", "comment")


def only_row(folder: Path, values: Mapping[str, str], form: str | None = None) -> dict[str, Any]:
    path = folder / "one.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(values))
        writer.writeheader()
        writer.writerow(values)
    (read,) = staged(path, form)[1]
    return read


def marked(form: str, /, **values: str) -> dict[str, str]:
    """A row of a format: each column of its newest header empty, but for `values`."""
    return dict.fromkeys(map(str.lower, of_format(form)), "") | values


def test_the_order_of_the_readers_is_whom_to_believe() -> None:
    assert tuple(reader.name for reader in READERS) == PRECEDENCE


def test_rpscrape_s_price_is_its_decimal_where_it_has_no_fraction(tmp_path: Path) -> None:
    columns = marked("rpscrape", date="2020-06-03", dec="3.00")
    assert only_row(tmp_path, columns | {"sp": "2/1F"})["price_sp"] == "2/1F"
    assert only_row(tmp_path, columns | {"sp": "-"})["price_sp"] == "3.00"
    assert only_row(tmp_path, columns)["price_sp"] == "3.00"


def test_the_old_rpscrape_file_names_the_horse_and_the_off_otherwise(tmp_path: Path) -> None:
    read = only_row(
        tmp_path,
        marked(
            "rpscrape_old",
            horse_name="Uther Pendragon",
            time="5:45",
            gear="p",
            band="3yo",
            fin_time="1:11.10",
        ),
    )
    assert (read["horse"], read["off"], read["headgear"]) == ("Uther Pendragon", "5:45", "p")
    assert (read["rating_band"], read["time"]) == (None, "1:11.10")


@pytest.mark.parametrize(
    ("text", "klass", "pattern"),
    [("Group 1", None, "Group 1"), ("Class 5", "Class 5", None), ("not found", None, None)],
)
def test_the_old_rpscrape_file_writes_patterns_as_classes(
    tmp_path: Path, text: str, klass: str | None, pattern: str | None
) -> None:
    read = only_row(tmp_path, marked("rpscrape_old", **{"class": text}))
    assert (read["class"], read["pattern"]) == (klass, pattern)


@pytest.mark.parametrize("spelt", ["comment", "comments"])
def test_the_flat_table_spells_its_comments_either_way(tmp_path: Path, spelt: str) -> None:
    read = only_row(tmp_path, marked("racing_data", **{spelt: "made all"}))
    assert read["comment"] == "made all"


def test_a_card_shows_nothing_of_what_is_known_after_the_race(tmp_path: Path) -> None:
    columns = ("rpr", "ts", "secs", "time", "ovr_btn", "comment", "sp", "dec", "bsp")
    path = tmp_path / "card.csv"
    path.write_text(
        "date,course,off,horse,prize," + ",".join(columns) + "\n"
        "2026-05-01,Ripon,2:30,Alpha,4000," + ",".join("1" for _ in columns) + "\n"
    )
    staging, (read,) = staged(path)
    assert staging.reader.role == "card"
    assert all(read[field] is None for field in KNOWN_AFTER)
    assert not any(name.startswith(("price_", "section_")) for name in read)
    assert read["race_prize"] == "4000"


@pytest.mark.parametrize(
    ("hint", "region", "course"),
    [
        ("GB / Ling 31st Dec", "GB", "Ling"),
        ("IRE / Down R 1st Jan", "IRE", "Down R"),
        ("Ling 2nd Dec", None, "Ling"),
        ("GB / Ling", "GB", "Ling"),
        ("", None, None),
    ],
)
def test_the_exchange_hides_the_course_in_a_hint(
    tmp_path: Path, hint: str, region: str | None, course: str | None
) -> None:
    read = only_row(tmp_path, marked("exchange", menu_hint=hint, event_dt="31-12-2019 12:05"))
    assert (read["region"], read["course"]) == (region, course)
    assert (read["date"], read["off"]) == ("31-12-2019", "12:05")


def test_the_exchange_s_prices_keep_every_digit(tmp_path: Path) -> None:
    digits = "5.25552375674192372834339419325342366313"
    row = marked(
        "exchange",
        bsp="8",
        ppwap=digits,
        morningwap="4",
        ppmax="9",
        ppmin="3",
        ipmax="950",
        ipmin="1.01",
    )
    read = only_row(tmp_path, row)
    prices = {name: value for name, value in read.items() if name.startswith("price_")}
    assert prices == {
        "price_bsp": "8",
        "price_wap": digits,
        "price_morning": "4",
        "price_max": "9",
        "price_min": "3",
        "price_in_play_max": "950",
        "price_in_play_min": "1.01",
    }


@pytest.mark.parametrize(("day", "rating"), [("2015-12-31", None), ("2016-01-01", "60")])
def test_hong_kong_s_ratings_before_2016_are_not_believed(
    tmp_path: Path, day: str, rating: str | None
) -> None:
    read = only_row(tmp_path, marked("hong_kong", date=day, official_rating="60", bred="AUS"))
    assert (read["official_rating"], read["bred"]) == (rating, "AUS")


def test_sections_are_the_horse_s_own(tmp_path: Path) -> None:
    values = {f"sec{n}": str(20 + n) for n in range(1, 7)}
    others = {f"race_sec{n}": "9" for n in range(1, 7)}
    read = only_row(tmp_path, marked("hong_kong") | values | others)
    assert [read[f"section_{n}"] for n in range(1, 7)] == ["21", "22", "23", "24", "25", "26"]


def test_a_field_is_absent_where_the_file_has_no_column_for_it(tmp_path: Path) -> None:
    path = tmp_path / "card.csv"
    path.write_text("date,course,off,horse,lbs\n2026-05-01,Ripon,2:30,Alpha,130\n")
    staging, (read,) = staged(path)
    assert set(FIELDS) - staging.absent == {"date", "course", "off", "horse", "weight"}
    assert read["weight"] == "130"


@pytest.mark.parametrize(("form", "header"), HEADERS.values(), ids=HEADERS)
def test_each_header_is_enough_to_read_its_format(form: str, header: str, tmp_path: Path) -> None:
    path = tmp_path / "marked.parquet"
    columns = ", ".join(f"'1' AS \"{name.upper()}\"" for name in header.split(","))
    duckdb.execute(f"COPY (SELECT {columns}) TO '{path}'")
    staging, rows = staged(path)
    assert (staging.reader.name, len(rows)) == (form, 1)
    assert staging.unknown == ()
    assert not {"date", "course", "horse"} & staging.absent
    assert "position" not in staging.absent or staging.reader.role != "results"


def test_a_reader_may_only_name_what_there_is() -> None:
    with pytest.raises(ValueError, match="no such field"):
        Reader("odd", {"dat": spelt("date")})
    with pytest.raises(ValueError, match="kind of price"):
        Reader("odd", {}, prices={"spp": spelt("sp")})
    with pytest.raises(ValueError, match="counted from 1"):
        Reader("odd", {}, sectionals={0: spelt("sec0")})


def test_a_card_reader_that_would_take_a_result_cannot_be_made() -> None:
    for leak in ("pos", "placing", "time", "ovr_btn", "sp", "rpr", "comment"):
        with pytest.raises(ValueError, match=f"a card takes no result, as .*{leak}"):
            Reader("odd", {"owner": (Spelling((leak,)),)}, role="card")
    with pytest.raises(ValueError, match="a card takes no result"):
        Reader("odd", {}, prices={"sp": spelt("quoted")}, role="card")

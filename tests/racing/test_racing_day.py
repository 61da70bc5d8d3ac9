from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.racing_day import day_order, racing_day

DAYS = st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2023-01-05",
        "2023/01/05",
        "2023.1.5",
        "20230105",
        "5 Jan 2023",
        "05 January 2023",
        "5th January 2023",
        "Jan 5, 2023",
        "January 5th 2023",
        "5-Jan-2023",
        "5/Jan/2023",
        "05Jan2023",
        "2023-Jan-05",
        "Thu 5 Jan 2023",
        "Thursday, 5th January 2023",
        "5th of January 2023",
        "2023-01-05 00:00:00",
        "2023-01-05T14:30:00Z",
        "2023-01-05T14:30:00+01:00",
        "05/01/2023",
        "5/1/2023",
        "05-01-2023",
        "05.01.2023",
        "05/01/2023 14:30",
        "5/1/2023 12:00:00 AM",
        " 5\u00a0Jan\u00a02023 ",
        "05\u201101\u20112023",
    ],
)
def test_a_day_is_read_however_it_is_spelt(text: str) -> None:
    assert racing_day(text) == dt.date(2023, 1, 5)


@pytest.mark.parametrize("text", ["01/05/2023", "1-5-2023", "01.05.2023", "1/5/2023 0:00"])
def test_in_a_file_with_the_month_first_the_first_number_is_the_month(text: str) -> None:
    assert racing_day(text, "month") == dt.date(2023, 1, 5)


@pytest.mark.parametrize("text", ["2023-01-05", "5 Jan 2023", "Jan 5, 2023", "20230105"])
def test_the_order_does_not_touch_a_day_that_says_its_own(text: str) -> None:
    assert racing_day(text, "month") == racing_day(text, "day")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "-",
        "31/02/2023",
        "2023-02-30",
        "31 Feb 2023",
        "0/1/2023",
        "5/1/23",
        "05-Jan-23",
        "44931",
        "05/01",
        "Jan 2023",
        "Fri 5 Jan 2023",
        "5/1-2023",
        "2023/01-05",
        "05/13/2023",
        "1849-12-31",
        "2201-01-01",
        "5 Foo 2023",
        "x" * 100_000,
    ],
)
def test_what_is_no_day_or_might_be_another_is_none(text: str | None) -> None:
    assert racing_day(text) is None


def test_one_date_that_can_only_be_day_first_tells_the_order_of_all() -> None:
    order = day_order(["01/05/2023", "2023-01-01", "19/01/2023"])
    assert (order.first, order.day_first, order.month_first) == ("day", "19/01/2023", None)


def test_one_date_that_can_only_be_month_first_tells_the_order_of_all() -> None:
    order = day_order(["01/05/2023", None, "01/19/2023"])
    assert (order.first, order.day_first, order.month_first) == ("month", None, "01/19/2023")


def test_dates_of_both_sorts_contradict_each_other() -> None:
    order = day_order(["01/19/2023", "19/01/2023"])
    assert None not in (order.day_first, order.month_first)
    assert (order.day_first, order.month_first) == ("19/01/2023", "01/19/2023")


def test_where_all_could_be_either_the_day_comes_first() -> None:
    order = day_order(["01/05/2023", "02/09/2023"])
    assert (order.first, order.ambiguous, order.month_first) == ("day", "01/05/2023", None)


def test_an_impossible_day_is_no_evidence() -> None:
    assert day_order(["31/02/2023", "02/31/2023", "05/05/2023"]) == (None, None, None)


@given(st.lists(DAYS, min_size=1), st.sampled_from("/-."))
def test_every_day_of_a_file_is_read_back_in_the_order_it_was_written_in(
    days: list[dt.date], sign: str
) -> None:
    """Unless all of them could be either."""
    for form in ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y"):
        texts = [day.strftime(form.format(sign)) for day in days]
        order = day_order(texts)
        assert None in (order.day_first, order.month_first)
        if order.day_first or order.month_first:
            assert [racing_day(text, order.first) for text in texts] == days


@given(st.text(max_size=40))
def test_no_text_makes_a_day_fail(text: str) -> None:
    day = racing_day(text)
    assert day is None or 1850 <= day.year <= 2200

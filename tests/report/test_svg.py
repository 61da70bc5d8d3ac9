"""Scales, ticks and labels of the drawings."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.formats import on_page as formats
from velo.report.svg import Drawing, Scale, log_ticks, spread, ticks

VALUES = st.floats(-1e6, 1e6)


@given(VALUES, st.floats(1e-3, 1e6))
def test_ticks_lie_within_the_span_and_evenly_apart(low: float, width: float) -> None:
    values = ticks(low, low + width)
    slack = 1e-9 * max(abs(low), width)
    assert all(low - slack <= value <= low + width + slack for value in values)
    assert 2 <= len(values) <= 8


@given(st.floats(1e-4, 0.5), st.floats(1.5, 1000))
def test_log_ticks_are_round_ascend_within_the_span_and_are_two_to_eight(
    low: float, times: float
) -> None:
    """Within a span that holds fewer than two of 1, 2, 5, 10 there are as many as it holds."""
    high = low * times
    values = log_ticks(low, high)
    assert all(low * 0.998 <= value <= high * 1.002 for value in values)
    assert values == sorted(set(values))
    assert {f"{value:e}"[0] for value in values} <= set("1235")
    assert len(values) <= 8
    assert len(values) >= (2 if times >= 10 else 1 if times >= 2.5 else 0)


def test_log_ticks_are_as_close_as_eight_of_them_allow() -> None:
    assert log_ticks(0.01, 0.2) == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2])
    assert log_ticks(0.01, 10) == pytest.approx([0.01, 0.03, 0.1, 0.3, 1, 3, 10])
    assert log_ticks(0.0001, 10) == pytest.approx([1e-4, 1e-3, 0.01, 0.1, 1, 10])


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_labels_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    placed = spread(wanted, 15, 8, 292)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for before, after in pairwise(order):
        assert placed[after] - placed[before] >= 15 - 1e-6
    assert min(placed) >= 8 - 1e-6
    assert max(placed) <= 292 + 1e-6


def test_a_logarithmic_scale_gives_each_doubling_the_same_room() -> None:
    scale = Scale(0.01, 0.64, 0, 60, log=True)
    assert scale.at(0.02) == pytest.approx(10)
    assert scale.at(0.04) == pytest.approx(20)
    assert scale.held(5) == 60


def test_words_in_a_drawing_are_words() -> None:
    image = Drawing("a", "<b>&", 'he said "x"', 10, 10)
    image.text((1, 2), "<script>1 & 2</script>")
    image.dot((1, 2), "mark", "A & B < C")
    root = ElementTree.fromstring(image.__html__())
    assert [each.text for each in root.iter("text")] == ["<script>1 & 2</script>"]
    assert [each.text for each in root.iter("title")] == ["<b>&", "A & B < C"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (formats.percent(-0.0321, sign=True), "−3.2%"),
        (formats.percent(0.00001, sign=True), "0.0%"),
        (formats.number(-0.0001, 2, sign=True), "0.00"),
        (formats.percent(None), "–"),
        (formats.percents([float("nan"), 1.0]), "no interval"),
        (formats.count(65.5), "65.5"),
        (formats.count(12000), "12,000"),
        (formats.day("2019-05-04"), "4 May 2019"),
        (formats.day("2019-05"), "May 2019"),
    ],
)
def test_numbers_are_said_as_a_reader_expects(text: str, expected: str) -> None:
    assert text == expected

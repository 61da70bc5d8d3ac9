"""Charts keep their words inside and their whiskers within the frame."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from velo.formats import on_page as formats
from velo.report import charts
from velo.report.charts import Mark, Series
from velo.report.svg import Drawing

WIDEST_SIGN = 6.7


def drawn(image: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(image.__html__())


def months(scale: float, size: str) -> ElementTree.Element:
    marks = [Mark(k * scale, (k - 3) * scale, (k + 3) * scale, f"month {k}") for k in range(-3, 4)]
    marks[2] = None
    series = [Series("model", "Blend", marks)]
    names = [f"{k} 2019" for k in range(7)]
    return drawn(
        charts.intervals("m", "Months", names, series, 0.0, formats.trimmed, "month", size)
    )


@pytest.mark.parametrize("size", [charts.WIDE, charts.NARROW])
@pytest.mark.parametrize("scale", [0.00013, 0.02, 7.0, 1234.0])
def test_every_word_of_a_chart_lies_whole_within_it(scale: float, size: str) -> None:
    drawing = months(scale, size)
    width = float(drawing.attrib["viewBox"].split()[2])
    levels = 0
    for text in drawing.iter("text"):
        x, words = float(text.attrib["x"]), text.text or ""
        anchor = text.attrib["text-anchor"]
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        assert x - before * WIDEST_SIGN * len(words) >= 0, words
        assert x + (1 - before) * WIDEST_SIGN * len(words) <= width, words
        levels += anchor == "end"
    assert levels >= 3


def test_a_month_without_a_figure_has_no_mark() -> None:
    assert len(list(months(1.0, charts.WIDE).iter("circle"))) == 6


def test_a_huge_whisker_is_cut_at_the_frame_and_does_not_flatten_the_others() -> None:
    marks = [Mark(0.1, 0.0, 0.2, "usual") for _ in range(20)] + [Mark(0.1, -90.0, 90.0, "one bet")]
    series = [Series("model", "Bets", marks)]
    names = [str(k) for k in range(21)]
    image = drawn(
        charts.intervals("w", "Bands", names, series, 0.0, formats.trimmed, "odds", charts.WIDE)
    )
    whiskers = [each for each in image.iter("line") if "whisker" in each.attrib["class"]]
    lengths = [abs(float(each.attrib["y1"]) - float(each.attrib["y2"])) for each in whiskers]
    assert len(lengths) == 21
    assert min(lengths) > 100
    assert max(lengths) < 320

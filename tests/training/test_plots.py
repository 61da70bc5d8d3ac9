"""Every plot becomes a PNG of a readable size, also where there is little to draw."""

from __future__ import annotations

import re
import struct
from datetime import date

import numpy as np
import pandas as pd
import pytest
import vl_convert

from training.judging.diagnosis import Slice
from training.model.attribution import Attribution
from training.record import plots
from training.statistics.bootstrap import Estimate
from training.statistics.calibration_curve import curve
from training.statistics.profit_path import profit_path
from training.walk.blend_path import Weight

UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def piece(name: str, value: Estimate) -> Slice:
    return Slice("month", name, 100, 900, 20, value, UNKNOWN, 40, 20, value)


PIECES = [
    piece("2021-01", Estimate(0.02, -0.01, 0.05)),
    piece("2021-02", Estimate(-0.01, -0.03, 0.01)),
    piece("2021-03", UNKNOWN),
]


def size(image: bytes) -> tuple[int, int]:
    assert image.startswith(b"\x89PNG")
    return struct.unpack(">II", image[16:24])


def charts() -> dict[str, plots.Plot]:
    generator = np.random.default_rng(1)
    p = generator.beta(1, 8, 4000)
    won = (generator.random(4000) < p).astype(float)
    days = pd.date_range("2021-01-01", periods=90)
    return {
        "reliability": plots.reliability({"blend": curve(p, won), "market": curve(p**1.1, won)}),
        "ae_by_odds": plots.ae_by_odds(PIECES),
        "lift_by_month": plots.lift_by_month(PIECES),
        "importance": plots.importance({"form_ewma": 30.0, "draw_iv": 10.0, "class_drop": 0.0}),
        "profit_path": plots.profit_path(
            {"top20": profit_path(generator.normal(0, 3, 90), days.to_numpy(), seed=1)}
        ),
        "shap": plots.shap(
            Attribution(
                ("form_ewma", "draw_iv"),
                generator.normal(0, [0.1, 0.3], (900, 2)),
                np.where(generator.random((900, 2)) < 0.1, np.nan, generator.random((900, 2))),
            )
        ),
        "alpha_over_time": plots.alpha_over_time(
            [
                Weight(n, date(2020, n, 1), date(2020, n + 1, 1), 400, "alpha_share", estimate)
                for n, estimate in enumerate((Estimate(0.3, 0.2, 0.4), UNKNOWN), start=1)
            ]
        ),
    }


@pytest.mark.parametrize(
    "name",
    ["reliability", "ae_by_odds", "lift_by_month", "importance", "shap", "alpha_over_time"],
)
def test_a_plot_is_a_png_of_readable_size(name):
    width, height = size(plots.png(charts()[name]))
    assert width >= 2 * plots.WIDTH
    assert height >= 2 * plots.HEIGHT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reliability", {"blend", "market"}),
        ("ae_by_odds", {"2021-01", "2021-02"}),
        ("lift_by_month", {"2021-01", "2021-02"}),
        ("importance", {"form_ewma", "draw_iv"}),
        ("shap", {"form_ewma", "draw_iv"}),
        ("alpha_over_time", {"2020-01-01"}),
    ],
)
def test_what_a_plot_is_of_stands_in_its_picture(name, words):
    """The picture, not its declaration: a plot without data is an empty frame."""
    picture = vl_convert.vegalite_to_svg(charts()[name].to_dict())
    written = set(re.findall(r"<text[^>]*>([^<]*)</text>", picture))
    assert words <= {word.split()[0] for word in written if word.strip()}
    drawn = re.findall(
        r'<g class="mark-(?:symbol|rect|rule|line)[^"]*role-mark[^>]*>(.*?)</g>', picture
    )
    assert any("<path" in group for group in drawn)


def test_the_profit_path_has_a_line_for_each_strategy():
    drawn = charts()["profit_path"].to_dict()
    bands, lines = drawn["layer"][1:]
    assert bands["mark"]["type"] == "area"
    assert lines["encoding"]["color"]["scale"]["domain"] == ["top20"]
    size(plots.png(charts()["profit_path"]))


def test_the_feature_that_moves_the_score_most_is_drawn_first():
    drawn = charts()["shap"].to_dict()
    assert [name.split()[0] for name in drawn["encoding"]["y"]["sort"]] == ["draw_iv", "form_ewma"]


def test_a_month_without_an_interval_is_not_drawn_as_one():
    drawn = plots.lift_by_month(PIECES).to_dict()
    names = {row["name"] for rows in drawn["datasets"].values() for row in rows if "name" in row}
    assert names == {"2021-01", "2021-02"}


def test_a_run_without_bets_and_trees_has_only_the_plots_that_it_can_draw():
    slices = {"month": PIECES, "odds_band": [PIECES[2]]}
    images = plots.images({}, slices, {}, {"top20": pd.DataFrame(columns=["day"])})
    assert list(images) == ["lift_by_month.png"]
    size(images["lift_by_month.png"])

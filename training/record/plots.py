"""Plots of a run, as PNG: what was given and what came, over prices, months and features.

Colours are Okabe and Ito's (2008), which stay apart for the colour-blind; every estimate is drawn
with its interval.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from training.judging.diagnosis import Kind, Slice
from training.model.attribution import Attribution
from training.statistics.bootstrap import Estimate
from training.statistics.calibration_curve import Curve
from training.walk.blend_path import Weight

if TYPE_CHECKING:
    import altair

BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"
PALETTE = [BLUE, VERMILION, GREEN, PURPLE, "#E69F00", "#56B4E9"]
WIDTH, HEIGHT = 460, 300
DOTS = 600
"""Runners that the plot of SHAP values draws."""
Plot: TypeAlias = "altair.Chart | altair.LayerChart | altair.FacetChart"


def images(
    curves: Mapping[str, Curve],
    slices: Mapping[Kind, Sequence[Slice]],
    importances: Mapping[str, float],
    paths: Mapping[str, pd.DataFrame],
    attribution: Attribution | None = None,
    weights: Sequence[Weight] = (),
) -> dict[str, bytes]:
    """All plots of a run, file name -> PNG; a plot without anything to draw is left out.

    Args:
        curves: what is calibrated -> its reliability curve, as blend and market.
        slices: the judged days by odds band and month.
        importances: feature -> split gain; empty for a linear model.
        paths: strategy -> profit so far in points, as `profit_path` gives it.
        attribution: SHAP values within the race, None for a linear model.
        weights: the blend's weight on the model, fold by fold.
    """
    priced = [piece for piece in slices.get("odds_band", ()) if np.isfinite(piece.ae_ratio.high)]
    months = [piece for piece in slices.get("month", ()) if np.isfinite(piece.gain.high)]
    run = {name: path for name, path in paths.items() if len(path)}
    charts: dict[str, Plot] = {}
    if any(len(curve.runners) for curve in curves.values()):
        charts["reliability"] = reliability(curves)
    if priced:
        charts["ae_by_odds"] = ae_by_odds(priced)
    if months:
        charts["lift_by_month"] = lift_by_month(months)
    if attribution is not None:
        charts["shap"] = shap(attribution)
    if weights:
        charts["alpha_over_time"] = alpha_over_time(weights)
    if any(importances.values()):
        charts["importance"] = importance(importances)
    if run:
        charts["profit_path"] = profit_path(run)
    return {f"{name}.png": png(chart) for name, chart in charts.items()}


def png(chart: Plot) -> bytes:
    """The chart as a PNG image at twice its nominal size."""
    image = io.BytesIO()
    chart.properties(width=WIDTH, height=HEIGHT).configure_axis(
        labelFontSize=12, titleFontSize=12, gridColor="#E5E5E5"
    ).configure_title(fontSize=14, anchor="start").configure_view(stroke=None).configure_legend(
        labelFontSize=12, titleFontSize=12
    ).save(image, format="png", scale_factor=2)
    return image.getvalue()


def reliability(curves: Mapping[str, Curve]) -> Plot:
    """Wins per runner against the probability given, by bins of equal mass, on log scales."""
    import altair as alt

    rows = pd.concat(
        [
            pd.DataFrame({"of": name, "predicted": curve.predicted, "observed": curve.observed})
            for name, curve in curves.items()
        ]
    )
    seen = rows[(rows["predicted"] > 0) & (rows["observed"] > 0)]
    ends = [float(seen.min(numeric_only=True).min()), float(seen.max(numeric_only=True).max())]
    scale = alt.Scale(type="log", domain=ends, nice=False)
    axis = alt.Axis(format="~%", tickCount=6)
    ideal = pd.DataFrame({"predicted": ends, "observed": ends})
    points = (
        alt.Chart(seen)
        .mark_line(point=True)
        .encode(
            x=alt.X("predicted:Q", title="probability given", scale=scale, axis=axis),
            y=alt.Y("observed:Q", title="wins per runner", scale=scale, axis=axis),
            color=_colour("of", list(curves)),
        )
    )
    diagonal = (
        alt.Chart(ideal)
        .mark_line(color=GREY, strokeDash=[4, 4])
        .encode(x=alt.X("predicted:Q", scale=scale), y=alt.Y("observed:Q", scale=scale))
    )
    return alt.layer(diagonal, points, title="Reliability: 20 bins of equal mass, log scales")


def ae_by_odds(pieces: Sequence[Slice]) -> Plot:
    """Winners over expected of the Top20% bets by odds band, with 95% intervals; 1 is the price."""
    rows = _estimates([(piece.name, piece.ae_ratio, f"{piece.bets:,} bets") for piece in pieces])
    return _intervals(rows, "decision odds", "A/E at the settlement price", 1.0, "A/E by odds band")


def lift_by_month(pieces: Sequence[Slice]) -> Plot:
    """Log-likelihood gain over the power-calibrated market by month, with 95% intervals."""
    rows = _estimates([(piece.name, piece.gain, f"{piece.races:,} races") for piece in pieces])
    return _intervals(rows, "month", "gain, nats a race", 0.0, "Lift over the market by month")


def importance(gains: Mapping[str, float]) -> Plot:
    """Share of the ranker's total split gain, by feature, largest first."""
    import altair as alt

    total = sum(gains.values()) or 1.0
    rows = pd.DataFrame(
        {"feature": list(gains), "share": [gain / total for gain in gains.values()]}
    )
    bars: Plot = (
        alt.Chart(rows, title="Feature importance")
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("share:Q", title="share of split gain", axis=alt.Axis(format="%")),
            y=alt.Y("feature:N", title=None, sort="-x", axis=alt.Axis(labelLimit=220)),
        )
    )
    return bars


def shap(attribution: Attribution, most: int = 12) -> Plot:
    """Each runner's share of the score by feature, coloured by the feature's rank, largest first.

    The features are those of the largest mean size, which stands behind the name.
    """
    import altair as alt

    means = attribution.importance
    names = list(means)[:most]
    columns = [attribution.features.index(name) for name in names]
    labels = [f"{name}  {means[name]:.3f}" for name in names]
    generator = np.random.default_rng(0)
    some = np.sort(generator.permutation(len(attribution.shares))[:DOTS])
    shares = attribution.shares[:, columns][some]
    ranks = pd.DataFrame(attribution.inputs[:, columns]).rank(pct=True).to_numpy()[some]
    rows = pd.DataFrame(
        {
            "feature": np.repeat(labels, len(some)),
            "share": shares.T.ravel(),
            "rank": ranks.T.ravel(),
            "offset": generator.uniform(-1, 1, len(some) * len(names)),
        }
    )
    colour = alt.Color(
        "rank:Q",
        title="value",
        legend=alt.Legend(format="%"),
        scale=alt.Scale(range=[BLUE, "#E5E5E5", VERMILION], domain=[0, 1], interpolate="rgb"),
    )
    dots: Plot = (
        alt.Chart(rows, title="Share of the score within the race (SHAP; mean size by the name)")
        .mark_circle(size=6, opacity=0.6)
        .encode(
            x=alt.X("share:Q", title="score, more is likelier to win"),
            y=alt.Y("feature:N", title=None, sort=labels, axis=alt.Axis(labelLimit=240)),
            yOffset=alt.YOffset("offset:Q", scale=alt.Scale(domain=[-1.6, 1.6])),
            color=alt.condition("isValid(datum.rank)", colour, alt.value(GREY)),
        )
    )
    return dots


def alpha_over_time(weights: Sequence[Weight]) -> Plot:
    """The blend's weight on the model, fitted on each fold's days alone, with 95% intervals."""
    name = weights[0].name
    named = [(str(each.first), each.weight, f"{each.races:,} races") for each in weights]
    title = "alpha's share" if name == "alpha_share" else name
    return _intervals(_estimates(named), "first day of the fold", title, 0.0, f"{title} over time")


def profit_path(paths: Mapping[str, pd.DataFrame]) -> Plot:
    """Profit so far in points, one line a strategy, each with its 95% band by race day."""
    import altair as alt

    rows = pd.concat([path.assign(strategy=name) for name, path in paths.items()])
    base = alt.Chart(rows).encode(x=alt.X("day:T", title=None), color=_colour("strategy", [*paths]))
    bands = base.mark_area(opacity=0.12, interpolate="step-after").encode(
        y=alt.Y("low:Q", title="points at 1 point a bet"), y2="high:Q"
    )
    lines = base.mark_line(interpolate="step-after").encode(y="profit:Q")
    return alt.layer(_rule(0.0), bands, lines, title="Profit so far, with 95% bands")


def _intervals(rows: pd.DataFrame, x_title: str, y_title: str, neutral: float, title: str) -> Plot:
    import altair as alt

    base = alt.Chart(rows).encode(
        x=alt.X("name:N", title=x_title, sort=None, axis=alt.Axis(labelAngle=-40))
    )
    bars = base.mark_rule(color=BLUE, strokeWidth=2).encode(
        y=alt.Y("low:Q", title=y_title, scale=alt.Scale(zero=False)), y2="high:Q"
    )
    points = base.mark_point(color=BLUE, filled=True, size=60).encode(y="value:Q")
    counts = base.mark_text(dy=-6, fontSize=10, color=GREY, baseline="bottom").encode(
        y="high:Q", text="count:N"
    )
    return alt.layer(_rule(neutral), bars, points, counts, title=f"{title}, 95% intervals")


def _estimates(named: Sequence[tuple[str, Estimate, str]]) -> pd.DataFrame:
    rows = [
        {"name": name, "value": item.value, "low": item.low, "high": item.high, "count": count}
        for name, item, count in named
    ]
    columns = ["name", "value", "low", "high", "count"]
    return pd.DataFrame(rows, columns=columns).dropna()


def _rule(at: float) -> Plot:
    import altair as alt

    rule: Plot = (
        alt.Chart(pd.DataFrame({"at": [at]}))
        .mark_rule(color=VERMILION, strokeDash=[4, 4])
        .encode(y="at:Q")
    )
    return rule


def _colour(column: str, names: Sequence[str]) -> Any:
    import altair as alt

    return alt.Color(
        f"{column}:N", title=None, scale=alt.Scale(domain=list(names), range=PALETTE[: len(names)])
    )

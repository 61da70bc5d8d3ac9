"""The world beside real racing: the figures that the project promises, and a compare that works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.synth.conftest import Printed
from velo.errors import InputError
from velo.synth.realism import Distance, distances, measure
from velo.synth.world import Summary, write_world


def test_a_world_is_at_no_distance_from_itself(planted: Printed) -> None:
    gaps = distances(planted.path, [planted.path])
    assert len(gaps) > 40
    assert all(isinstance(each, Distance) for each in gaps)
    assert [each.synthetic for each in gaps] == pytest.approx([each.real for each in gaps])
    assert {each.file for each in gaps} == {planted.path.name}


def test_the_measures_agree_with_the_summary(planted: Printed) -> None:
    figures, summary = measure(planted.path), planted.summary
    assert figures["field size, mean"] == pytest.approx(summary.mean_field, rel=0.01)
    assert figures["favourite, strike rate"] == pytest.approx(
        summary.favourite_strike_rate, abs=0.01
    )
    assert figures["overround"] == pytest.approx(summary.overround, abs=0.002)


def test_a_file_that_is_no_results_file_is_refused_by_name(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"odd\.csv"):
        measure(odd)
    with pytest.raises(InputError, match=r"gone\.csv"):
        measure(tmp_path / "gone.csv")


@pytest.fixture(scope="module")
def of_100_000(tmp_path_factory: pytest.TempPathFactory) -> dict[float, tuple[Path, Summary]]:
    folder = tmp_path_factory.mktemp("large")
    out = {}
    for edge in (0.0, 0.85):
        path = folder / f"world_{edge}.csv"
        out[edge] = (path, write_world(100_000, 1, edge, path))
    return out


@pytest.mark.slow
def test_a_world_of_100_000_runners_lies_in_the_bands_of_real_racing(
    of_100_000: dict[float, tuple[Path, Summary]],
) -> None:
    for edge, (path, summary) in of_100_000.items():
        figures = measure(path)
        assert 9.0 < summary.mean_field < 10.0
        assert 1.13 < summary.overround < 1.22
        # The better the market, the oftener its favourite wins.
        low, high = (0.29, 0.35) if edge else (0.35, 0.40)
        assert low < summary.favourite_strike_rate < high
        assert -0.12 < summary.favourite_roi < -0.03
        assert -0.60 < summary.longshot_roi < -0.33
        assert figures["rides of the busiest 1% of jockeys"] > 0.23
        assert 0.0005 < figures["dead heats for first, share"] < 0.0045
        assert 20 <= figures["layoff, median days"] <= 28
        assert 8 < figures["runs a horse"] < 13
        assert 0.6 < figures["top RPR wins"] < 0.8
        assert 4.0 < figures["rating spread in handicaps, flat"] < 6.0


@pytest.mark.slow
def test_favourites_are_better_value_than_long_shots_at_every_step(
    of_100_000: dict[float, tuple[Path, Summary]],
) -> None:
    figures = measure(of_100_000[0.0][0])
    bands = ("below 5.0", "5.0 to 8.0", "8.0 to 11.0", "11.0 to 21.0", "21.0 and over")
    roi = np.array([figures[f"ROI {band}"] for band in bands])
    assert (np.diff(roi) < 0.03).all()
    assert (roi < 0).all()

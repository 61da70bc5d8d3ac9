"""A written world: the same for a seed, whole or absent, its results untouched by the market."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.synth.conftest import RUNNERS, SEED, Printed, read_back
from velo.errors import InputError
from velo.synth.invented_names import people
from velo.synth.raceform import COLUMNS
from velo.synth.world import truth_path, write_world

ONLY_PRICES = {"sp", "comment"}


def race_keys(columns: dict[str, np.ndarray]) -> np.ndarray:
    keys = zip(columns["date"], columns["course"], columns["off"], strict=True)
    return np.array(["|".join(map(str, key)) for key in keys])


def test_the_same_seed_writes_the_same_bytes(planted: Printed, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    write_world(RUNNERS, SEED, 0.85, again)
    assert again.read_bytes() == planted.path.read_bytes()
    assert truth_path(again).read_bytes() == truth_path(planted.path).read_bytes()


def test_another_seed_is_another_world(planted: Printed, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    write_world(RUNNERS, SEED + 1, 0.85, other)
    assert set(read_back(other)["horse"]) != set(planted.columns["horse"])


@pytest.mark.slow
def test_the_market_changes_prices_and_comments_and_nothing_else(
    planted: Printed, efficient: Printed
) -> None:
    for name in COLUMNS:
        same = np.array_equal(planted.columns[name], efficient.columns[name])
        assert same == (name not in ONLY_PRICES), name
    assert np.array_equal(planted.truth["p_true"], efficient.truth["p_true"])


def test_true_chances_sum_to_one_in_every_race(planted: Printed) -> None:
    truth = planted.truth
    key = race_keys({k: truth[k].astype(str) for k in ("date", "course", "off")})
    _, race = np.unique(key, return_inverse=True)
    for name in ("p_true", "p_market_fair"):
        assert (truth[name] > 0).all()
        assert np.bincount(race, truth[name]) == pytest.approx(1.0, abs=1e-9)


def test_every_starter_of_a_race_that_stood_has_a_true_chance(planted: Printed) -> None:
    c = planted.columns
    ran = ~np.isin(c["pos"], ("WV", "NR", "VOI"))
    printed = set(zip(race_keys(c)[ran], c["horse"][ran], strict=True))
    t = {k: planted.truth[k].astype(str) for k in ("date", "course", "off", "horse")}
    known = set(zip(race_keys(t), t["horse"], strict=True))
    assert printed <= known
    # Beyond them only the few beaten runners whose rows the source lost.
    assert len(known - printed) <= 0.002 * len(known)


def test_true_chances_are_calibrated(planted: Printed) -> None:
    c, t = planted.columns, planted.truth
    won = set(zip(race_keys(c)[c["pos"] == "1"], c["horse"][c["pos"] == "1"], strict=True))
    text = {k: t[k].astype(str) for k in ("date", "course", "off", "horse")}
    win = np.array([k in won for k in zip(race_keys(text), text["horse"], strict=True)])
    for low, high in ((0.0, 0.05), (0.05, 0.15), (0.15, 0.4), (0.4, 1.0)):
        here = (t["p_true"] >= low) & (t["p_true"] < high)
        expected = t["p_true"][here]
        deviation = np.sqrt((expected * (1 - expected)).sum())
        assert abs(win[here].sum() - expected.sum()) < 4 * deviation + 2


def test_an_efficient_market_believes_nearly_the_truth_and_a_blind_one_does_not(
    planted: Printed, efficient: Printed
) -> None:
    def divergence(world: Printed) -> float:
        p, q = world.truth["p_true"], world.truth["p_market_fair"]
        return float((p * np.log(p / q)).sum() / world.summary.races)

    assert divergence(efficient) < 0.01
    assert divergence(planted) > 0.10


def test_a_world_has_about_the_runners_asked_for_and_starts_in_2015(planted: Printed) -> None:
    assert planted.summary.runners == pytest.approx(RUNNERS, rel=0.02)
    assert planted.summary.runners == len(planted.columns["date"])
    assert planted.summary.first_day.isoformat() == "2015-01-01"
    assert 600 < (planted.summary.last_day - planted.summary.first_day).days < 800


@pytest.mark.slow
def test_parquet_by_suffix_holds_the_same_text_as_the_csv(planted: Printed, tmp_path: Path) -> None:
    out = tmp_path / "world.parquet"
    write_world(RUNNERS, SEED, 0.85, out)
    table = pq.read_table(out)
    assert tuple(table.column_names) == COLUMNS
    for name in COLUMNS:
        assert np.array_equal(table[name].to_numpy().astype(str), planted.columns[name]), name


def test_a_world_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(share: float) -> None:
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_world(2_000, 1, 0.5, tmp_path / "world.csv", interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("edge", [-0.1, 1.01])
def test_an_edge_outside_nought_to_one_is_refused(edge: float, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--edge"):
        write_world(2_000, 1, edge, tmp_path / "world.csv")


def test_a_world_too_small_to_race_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--runners"):
        write_world(500, 1, 0.5, tmp_path / "world.csv")


def test_more_people_than_first_and_last_names_have_names_of_their_own() -> None:
    names = people(30_000, np.random.default_rng(1), riders=False)
    assert len(set(names)) == 30_000

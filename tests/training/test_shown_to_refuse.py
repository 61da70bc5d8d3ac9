"""The gate is seen to refuse what must be refused: no edge, noise for labels, a leak."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.judged_worlds import SETTINGS, built, home_at, leaky_repo, trained
from training import run
from training.data import dataset
from training.data.dataset import Dataset
from training.promotion.champion import Reign
from training.promotion.promote import Promotion, promote
from training.statistics.races import Races

pytestmark = pytest.mark.slow


def missed(done: Promotion) -> set[str]:
    return {criterion.name for criterion in done.judged.verdict.refused_by}


@pytest.fixture(scope="module")
def efficient(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("efficient")
    trained(root, 30_000, edge=0.0, seed=11)
    with home_at(root) as home:
        yield promote(home, "challenger"), home


def test_an_efficient_market_is_refused(efficient: Any) -> None:
    done, home = efficient
    assert not done.promoted
    assert {"ae_ratio", "roi_top20", "alpha_share", "delta_ll"} <= missed(done)
    assert Reign.now(home) == Reign(None, None)


def test_a_refusal_says_where_it_is_worst_and_which_features_to_question(efficient: Any) -> None:
    findings = efficient[0].to_dict()["findings"]
    assert all(each["missed_by"] > 0 for each in findings["missed"])
    for kind in ("odds_band", "course", "month"):
        assert 1 <= len(findings["worst"][kind]) <= 3
    ends = [piece["gain"]["high"] for piece in findings["worst"]["course"]]
    assert ends == sorted(ends)
    # Where nothing can be known beyond the price, most features can be shuffled at no loss.
    assert len(findings["features"]) > 10
    assert all(each["loss"]["low"] is not None for each in findings["features"])


def test_a_model_taught_by_noise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a market with an edge, so that the labels are all that is wrong."""

    def noisy(*words: Any) -> Dataset:
        data = dataset.assemble(*words)
        taught = data.frame["date"] < pd.Timestamp(data.plan.train_end)
        return replace(data, frame=_with_winners_drawn_by_lot(data.frame, taught.to_numpy()))

    monkeypatch.setattr(run, "assemble", noisy)
    trained(tmp_path, 30_000, edge=0.9, seed=12)
    with home_at(tmp_path) as home:
        done = promote(home, "challenger")
    assert not done.promoted
    assert {"delta_ll", "alpha_share"} & missed(done)
    assert "delta_ll" in missed(done)


def _with_winners_drawn_by_lot(frame: pd.DataFrame, rows: Any) -> pd.DataFrame:
    """The win shares of these rows, permuted within their races."""
    races = Races.of(frame["race_id"].to_numpy())
    lot = np.random.default_rng(3).random(races.n)
    order = np.lexsort((lot, races.index))
    won = frame["win_share"].to_numpy()
    return frame.assign(win_share=np.where(rows, won[order], won))


def test_a_leaked_feature_rings_the_alarm_and_is_refused(tmp_path: Path) -> None:
    """On an efficient market, so that the leak is all there is to find."""
    with home_at(tmp_path / "home") as home:
        built(home, 30_000, 0.0, 13, leaky_repo(tmp_path))
        done_training = run.train(home, SETTINGS)
        done = promote(home, "challenger")
    assert "last_finish" in done_training.report.importance
    assert not done.promoted
    assert any("look for a leak" in each for each in done.objections)
    assert any("look for a leak" in each for each in done.to_dict()["findings"]["alarms"])

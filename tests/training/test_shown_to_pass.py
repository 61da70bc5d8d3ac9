"""The gate is seen to pass a planted edge; then the champion changes hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.training.judged_worlds import SETTINGS, home_at, trained
from training.judging.gate import Verdict, judge
from training.promotion import recorded_run
from training.promotion.champion import Reign
from training.promotion.promote import Promotion, promote, roll_back
from training.record.mlflow_store import client
from training.record.registry import resolve
from training.run import Trained, train
from training.scoring import score_period, stored_model
from velo.errors import ModelError
from velo.home import Home
from velo.offline.spine import Spine

pytestmark = pytest.mark.slow
WHY = "the edge is planted, and large"


@dataclass(frozen=True)
class Succession:
    """One home in which versions followed each other, and what each promotion said."""

    home: Home
    first: Trained
    crowned: Promotion
    again: Promotion
    worse: Promotion
    refitted: Promotion
    after_refit: Promotion


def holding(*words: Any) -> Verdict:
    """The gate's verdict without what was missed."""
    verdict = judge(*words)
    return replace(
        verdict, promoted=True, criteria=tuple(each for each in verdict.criteria if each.holds)
    )


@pytest.fixture(scope="module")
def succession(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Succession]:
    """Version 1 passes and is crowned; 2 hardly learns; 3 is 1 refitted; 4 comes after.

    From version 1's own promotion on, the gate is taken to hold: what is looked at then is the
    succession.
    """
    root = tmp_path_factory.mktemp("planted")
    first = trained(root, 70_000, edge=0.85, seed=1)
    with home_at(root) as home, pytest.MonkeyPatch.context() as patch:
        crowned = promote(home, "challenger", despite_alarm=WHY)
        patch.setattr(recorded_run, "judge", holding)
        again = promote(home, "1", despite_alarm=WHY)
        ranker = SETTINGS.ranker.model_copy(update={"rounds": 2})
        train(home, SETTINGS.model_copy(update={"ranker": ranker}))
        worse = promote(home, "challenger", despite_alarm=WHY)
        refitted = promote(home, "1", retrain=True, despite_alarm=WHY)
        train(home, SETTINGS)
        after_refit = promote(home, "challenger", despite_alarm=WHY)
        yield Succession(home, first, crowned, again, worse, refitted, after_refit)


def test_a_planted_edge_passes_every_criterion(succession: Succession) -> None:
    assert succession.first.verdict.promoted, succession.first.verdict.words
    assert succession.crowned.promoted
    assert succession.crowned.after == Reign("1", None)
    assert succession.crowned.to_dict()["findings"] is None


def test_promoting_the_champion_changes_nothing(succession: Succession) -> None:
    assert succession.again.promoted
    assert succession.again.before == succession.again.after == Reign("1", None)


def test_a_challenger_that_is_wholly_worse_is_refused_though_its_gate_holds(
    succession: Succession,
) -> None:
    worse = succession.worse
    assert worse.judged.verdict.refused_by == ()
    assert not worse.promoted
    assert worse.comparison is not None
    assert worse.comparison.opponent == "1"
    assert worse.comparison.gain.high < 0
    assert worse.after == worse.before == Reign("1", None)


def test_both_are_compared_on_every_judged_race(succession: Succession) -> None:
    comparison = succession.worse.comparison
    assert comparison is not None
    assert comparison.races == succession.first.report.holdout["races"]


def test_a_refit_is_champion_with_the_judged_recipe_through_the_last_day(
    succession: Succession,
) -> None:
    done = succession.refitted
    assert done.refitted is not None
    assert done.after == Reign(done.refitted.version, "1")
    refit, recipe = (stored_model(succession.home, v) for v in (done.refitted.version, "1"))
    assert refit.registered.tags["velo.judged"] == "1"
    assert refit.train_end == Spine(succession.home).last_day + timedelta(days=1)
    refitted, judged = (each.model.fundamental.scorer for each in (refit, recipe))
    assert refitted.objective == judged.objective
    assert refit.model.devig == recipe.model.devig
    assert refit.card.cutoffs != recipe.card.cutoffs
    assert refit.card.priors != recipe.card.priors
    assert done.refitted.report["rounds"] == done.judged.rounds
    assert refit.model.fundamental.scorer.rounds == recipe.model.fundamental.scorer.rounds


def test_a_refit_leaves_the_challenger_alone(succession: Succession) -> None:
    assert succession.after_refit.version == resolve(succession.home, "challenger").version


def test_against_a_refit_the_version_judged_for_it_stands_in(succession: Succession) -> None:
    """The refit has learnt the holdout's days. The challenger here is the same recipe again."""
    comparison = succession.after_refit.comparison
    assert comparison is not None
    assert comparison.champion == succession.refitted.after.champion
    assert comparison.opponent == "1"
    assert comparison.first == succession.first.report.plan.holdout_start
    assert comparison.gain.value == 0
    assert succession.after_refit.promoted


def test_rolling_back_restores_the_champion_before_and_again_the_one_after(
    succession: Succession,
) -> None:
    before, after = roll_back(succession.home)
    assert (after.champion, after.previous) == (before.previous, before.champion)
    assert roll_back(succession.home)[1] == before


def test_a_tampered_version_is_never_crowned(succession: Succession) -> None:
    home = succession.home
    ranker = resolve(home, "1").folder / "ranker.txt"
    whole = ranker.read_text(encoding="utf-8")
    before = Reign.now(home)
    try:
        ranker.write_text(whole.replace("leaf_value=", "leaf_value=1", 1), encoding="utf-8")
        with pytest.raises(ModelError, match="is not the registered model"):
            promote(home, "1", despite_alarm=WHY)
    finally:
        ranker.write_text(whole, encoding="utf-8")
    assert Reign.now(home) == before


def test_the_outcome_is_kept_with_the_version_and_its_run(succession: Succession) -> None:
    store, home = client(succession.home), succession.home
    tags = {v: resolve(home, v).tags for v in ("1", "2", "3")}
    assert tags["1"]["velo.promotion.words"] == "Version 1 is champion."
    assert "Version 2 is not promoted" in tags["2"]["velo.promotion.words"]
    assert tags["2"]["velo.promotion"].startswith("refused 20")
    assert tags["3"]["velo.judged"] == "1"
    assert "recipe retrained through" in tags["3"]["velo.promotion.words"]
    assert "wholly worse" in resolve(home, "2").tags["velo.against_champion"]
    run = resolve(home, "2").run_id
    assert "promotion.json" in {each.path for each in store.list_artifacts(run)}


def test_the_champion_scores_its_judged_days_as_it_was_judged(succession: Succession) -> None:
    home, first = succession.home, succession.first
    scored = score_period(home, stored_model(home, "1"), *first.report.holdout_days)
    assert scored.predictions["race_id"].nunique() >= first.report.holdout["races"]

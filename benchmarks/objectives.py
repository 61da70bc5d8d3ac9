"""Captured share of the attainable edge, for every objective and blend mode.

    python -m benchmarks.objectives --runners 100000 --seeds 1 2 3

Each seed makes two worlds, with what signals do together and without. Every recipe is walked
forward, blended and fitted last on the same rows, and judged on the last 365 days against the
world's true chances. The ranking objectives have no likelihood to start from the market with, so
they have no residual mode. Choose by the out-of-fold columns: the holdout is to judge.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

RECIPES = (
    ("conditional_logit", "benter"),
    ("lambdarank", "benter"),
    ("rank_xendcg", "benter"),
    ("linear", "benter"),
    ("conditional_logit", "residual"),
    ("linear", "residual"),
    ("beside", "beside"),
)
HOLDOUT_DAYS = 365


def world(folder: Path, runners: int, seed: int, edge: float, together: bool) -> pd.DataFrame:
    """Make a world, take it into the home that is in force, and return its true chances."""
    from velo import settings
    from velo.home import Home
    from velo.offline.build import build
    from velo.offline.tables import FEATURE_REPO
    from velo.store.registration import apply
    from velo.synth.truth_file import read_truth
    from velo.synth.world import truth_path, write_world
    from velo.warehouse.ingest import ingest

    chosen, out = settings.load(), folder / "world.csv"
    write_world(runners, seed, edge, out, interactions=together)
    ingest(Home.current(), chosen.store, out)
    build(Home.current(), chosen)
    apply(FEATURE_REPO)
    return read_truth(truth_path(out))


def judged(
    truth: pd.DataFrame, seed: int, relative: str, recipes: Sequence[tuple[str, str]]
) -> Iterator[dict[str, object]]:
    """Every recipe's figures on the world of the home that is in force."""
    from training.data.dataset import assemble
    from training.walk import evaluation, walk_forward
    from training.walk.recipe import Recipe
    from training.walk.stage_timer import StageTimer
    from velo import settings
    from velo.home import Home

    base = settings.load(ranker={"field_relative": relative})
    data = assemble(Home.current(), base, holdout_days=HOLDOUT_DAYS)
    held = data.frame[data.frame["date"] >= pd.Timestamp(data.plan.holdout_start)]
    devig = walk_forward.choose_devig(data, base)
    for objective, blend in recipes:
        training = base.training.model_copy(update={"blend": blend, "seed": seed})
        chosen = base.model_copy(update={"training": training})
        begun = time.perf_counter()
        fitted = Recipe(chosen, devig, objective).fit(data, StageTimer(lambda stage: None))
        seconds = time.perf_counter() - begun
        later = [fold for fold in fitted.walk.folds if "delta_r2" in fold]
        predictions = fitted.model.predict(held)
        races = sum(fold["races"] for fold in later)
        yield {
            "objective": objective,
            "blend": blend,
            "r2_out_of_fold": evaluation.fundamental_figures(fitted.walk.oof.frame)["r2_model"],
            "delta_r2_out_of_fold": sum(f["delta_r2"] * f["races"] for f in later) / races,
            "captured": evaluation.captured_share(predictions, truth, chosen)["captured_share"],
            "seconds": seconds,
        }


def main() -> None:
    """Print one row a recipe and world: means over the seeds, and each seed's captured share."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--edge", type=float, default=0.85)
    parser.add_argument("--relative", default="none", help="ranker.field_relative")
    parser.add_argument("--only", nargs="+", help="recipes, as conditional_logit+residual")
    parser.add_argument("--together", action="store_true", help="only worlds with interactions")
    chosen = parser.parse_args()
    recipes = [each for each in RECIPES if not chosen.only or "+".join(each) in chosen.only]
    rows = []
    for together in (True,) if chosen.together else (True, False):
        for seed in chosen.seeds:
            folder = Path(tempfile.mkdtemp(prefix="velo-bench-"))
            os.environ["VELO_HOME"] = str(folder / "home")
            try:
                truth = world(folder, chosen.runners, seed, chosen.edge, together)
                for row in judged(truth, seed, chosen.relative, recipes):
                    rows.append({"together": together, "seed": seed, **row})
                    print(rows[-1], file=sys.stderr, flush=True)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    print(f"{chosen.runners:,} runners, edge {chosen.edge}, field_relative {chosen.relative}\n")
    print(
        "| interactions | objective | blend | R² out of fold | delta R² out of fold "
        "| captured, each seed | captured | seconds |\n" + "| --- " * 8 + "|"
    )
    for recipe, one in pd.DataFrame(rows).groupby(["together", "objective", "blend"], sort=False):
        _, objective, blend = recipe
        each = " ".join(f"{share:.2f}" for share in one["captured"])
        mean = one.mean(numeric_only=True)
        print(
            f"| {'yes' if one['together'].iloc[0] else 'no'} | {objective} | {blend} "
            f"| {mean['r2_out_of_fold']:.4f} | {mean['delta_r2_out_of_fold']:+.4f} "
            f"| {each} | {mean['captured']:.2f} | {mean['seconds']:.0f} |"
        )


if __name__ == "__main__":
    main()

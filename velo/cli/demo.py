"""`velo demo`."""

from __future__ import annotations

import shlex
import shutil
import time
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.backtest_report import show_backtest
from velo.cli.options import MOST_RUNNERS, Edge, HoldoutDays, Seed
from velo.cli.training_report import show_trained
from velo.formats import in_text

MARK = ".velo-demo"


def demo(
    runners: Annotated[
        int, typer.Option(min=20_000, max=MOST_RUNNERS, help="About how many runners to simulate.")
    ] = 100_000,
    seed: Seed = 1,
    edge: Edge = 0.85,
    holdout_days: Annotated[int, HoldoutDays] = 180,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Run the whole platform on a synthetic world, from synth to report."""
    from velo.errors import HomeError
    from velo.home import Home

    root = Home.current().root / "demo"
    if root.exists():
        if not (root / MARK).exists():
            raise HomeError(f"{root} exists, but no demo made it: rename it")
        shutil.rmtree(root)
    root.mkdir(parents=True)
    (root / MARK).touch()
    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def done(stage: str, outcome: str) -> None:
        seconds[stage] = round(time.perf_counter() - begun - sum(seconds.values()), 1)
        if not as_json:
            console.say(f"{stage:<9} {seconds[stage]:6.1f} s  {outcome}")

    import velo
    from velo.synth.world import truth_path, write_world

    workspace, world = velo.open(root), root / "world.csv"
    with console.progress("Simulating") as tell:
        made = write_world(
            runners, seed, edge, world, lambda share: tell(in_text.percent(share, 0))
        )
    done("synth", f"{made.runners:,} runners in {made.races:,} races, edge {edge:g}")
    with console.progress("Ingesting") as tell:
        (batch,) = workspace.ingest(world, progress=tell).batches
    done("ingest", f"{batch.rows_read:,} rows read, {batch.quarantined:,} refused")
    with console.progress("Building") as tell:
        built = workspace.build(progress=tell)
    done("build", f"{len(built.tables)} tables")
    with console.progress("Applying the feature repo"):
        workspace.apply()
    done("apply", "entities, views and services are in the registry")
    with console.progress("Training") as tell:
        trained = workspace.train(holdout_days=holdout_days, truth=truth_path(world), progress=tell)
    done("train", f"version {trained.version}, run {trained.run_id}")
    with console.progress("Backtesting") as tell:
        first, last = trained.report.holdout_days
        bet = workspace.backtest(trained.version, first=first, last=last, progress=tell)
    done("backtest", f"{bet.report['races']:,} races")
    with console.progress("Reporting") as tell:
        page = workspace.report(trained.version, progress=tell)
    done("report", f"{page.bytes / 1e6:.1f} MB, opens from disk")
    if as_json:
        console.emit_json(
            {
                "verdict": trained.verdict.to_dict(),
                "holdout": trained.report.holdout,
                "report": str(bet.path),
                "page": str(page.path),
                "home": str(root),
                "seconds": seconds,
            }
        )
        return
    console.say("")
    show_trained(trained)
    show_backtest(bet.report, bet.path)
    shell = shlex.quote(str(root))
    console.say("")
    console.say(f"done in {sum(seconds.values()):.0f} s, in the home {root}")
    console.say(f"read the report:   {page.path}")
    console.say(f"look at the run:   VELO_HOME={shell} make ui")
    console.say(f"see what is due:   VELO_HOME={shell} make status")
    console.say(
        "your own results:  velo ingest FILE..., velo build, "
        "feast -c feature_repo apply, velo train"
    )

"""From features to a verdict: training, promotion, backtests and their reports."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from velo.api.opened import OpenHome, Progress, silent
from velo.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from backtest.run import BacktestReport
    from training.promotion.champion import Reign
    from training.promotion.promote import Promotion
    from training.run import Trained
    from velo.report.pages import Page


class ModelWork(OpenHome):
    """From features to a verdict."""

    def train(
        self,
        *,
        train_end: date | None = None,
        holdout_days: int | None = None,
        truth: str | os.PathLike[str] | pd.DataFrame | None = None,
        label: str | None = None,
        tune: int = 0,
        progress: Progress = silent,
    ) -> Trained:
        """Train, judge on the holdout and register a challenger, whatever the verdict.

        Args:
            train_end: first day that is not trained on.
            holdout_days: length of the holdout, in place of the setting.
            truth: of a synthetic world, to say which share of the attainable edge was captured.
            label: a name for the version and its reports, such as v1.2.0.
            tune: trials of the search for parameters in all; none by default.
            progress: called with the name of each stage.

        Raises:
            HomeError: there is no build, or nothing is applied.
            DataError: the data cannot carry the plan.
        """
        from training.run import train

        if isinstance(truth, str | os.PathLike):
            from velo.synth.truth_file import read_truth

            truth = read_truth(Path(truth))
        with self._in_force():
            return train(
                self.home, self.settings, train_end, holdout_days, truth, progress, label, tune
            )

    def promote(
        self,
        model: str = "challenger",
        *,
        refit: bool = False,
        despite_alarm: str | None = None,
        progress: Progress = silent,
    ) -> Promotion:
        """Make a version champion if it passes the gate; `promoted` of the result says whether.

        >>> racing.promote("v1").promoted
        False

        Args:
            model: challenger, a version, its label or a run id.
            refit: retrain the recipe through the last day, and make that champion.
            despite_alarm: why the leak alarm may be ignored; the reason is recorded.
            progress: called with the name of each stage.

        Raises:
            ModelError: there is no such version, or it is not what was registered.
        """
        from training.promotion.promote import promote

        with self._in_force():
            return promote(self.home, model, refit, despite_alarm, progress)

    def roll_back(self) -> tuple[Reign, Reign]:
        """Make the previous champion champion again; who was champion before, and who is now.

        Raises:
            ModelError: there is none before, or it has no title.
        """
        from training.promotion.promote import roll_back

        with self._in_force():
            return roll_back(self.home)

    def backtest(
        self,
        model: str = "challenger",
        *,
        first: date | None = None,
        last: date | None = None,
        walk_forward: bool = False,
        every: int | None = None,
        progress: Progress = silent,
    ) -> BacktestReport:
        """Bet with a stored model over a period, by default the 90 days after its training.

        >>> racing.backtest("v1")
        <BacktestReport: version v1, 2016-06-04 to 2016-08-02: 101 races>

        Args:
            model: champion, challenger, a version, its label or a run id.
            first, last: race days, both included.
            walk_forward: retrain the model's recipe as the days go by.
            every: months between two fits, with `walk_forward`.
            progress: called with the name of each stage.

        Raises:
            InputError, DataError: the days cannot be bet.
            ModelError: there is no such model.
        """
        from backtest.run import run

        if every is not None and not walk_forward:
            raise InputError("every says how often to retrain: give it with walk_forward=True")
        with self._in_force():
            return run(self.home, self.settings, model, first, last, progress, walk_forward, every)

    def report(self, model: str = "challenger", *, progress: Progress = silent) -> Page:
        """Write the report of a run as one HTML file that opens from disk.

        >>> racing.report("v1")
        <Page: .../report_v1.html, ... MB>

        Args:
            model: champion, challenger, a version, its label or a run id.
            progress: called with the name of each stage.
        """
        from velo.report.pages import report

        with self._in_force():
            return report(self.home, model, progress)

    def compare(self, first: str, second: str, *, progress: Progress = silent) -> Page:
        """Compare two runs on one page, paired over the races that both judged."""
        from velo.report.pages import compare

        with self._in_force():
            return compare(self.home, first, second, progress)

"""Strategies in Python: what they see, where they may come from, and how their code is known."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import pytest

from backtest import python_strategy
from backtest.cutoffs import Learned
from backtest.python_strategy import race_frame
from backtest.strategies import Selection, selections
from tests.backtest.bettable import runners
from velo.errors import InputError, SettingsError
from velo.live.scoring import _runners as before_the_off
from velo.settings import OddsBand, Strategy

MARCH = date(2021, 3, 1)
LEARNED = [
    Learned(MARCH, {10: 0.3, 20: 0.2, 30: 0.1}),
    Learned(date(2021, 3, 2), {10: 3.0, 20: 2.0, 30: 1.0}),
]
CARD = runners(
    [([6.0, 1.5], 0), ([10.0, 8.0], 1), ([15.0, 1.5], 0)],
    [1, 1, 2],
    settlement_odds=[7.0, 1.4, 11.0, 9.0, 16.0, 1.3],
    finish=[1.0, 2.0, 2.0, 1.0, 1.0, 2.0],
    p=np.array([0.2, 0.8, 0.15, 0.85, 0.05, 0.95]),
)
RESULTS = {"finish", "win_share", "won", "settlement_odds", "sp", "bsp", "payoff", "profit"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder."""
    return tmp_path


def write(project: Path, body: str, file: str = "mine.py") -> None:
    path = project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(body), encoding="utf-8")


def selection(project: Path | None, strategy: Strategy) -> Selection:
    return selections(CARD, OddsBand(), LEARNED, {"mine": strategy}, project)["mine"]


def backed(project: Path | None, named: str = "mine:Mine", **narrowed: object) -> list[float]:
    """The decision prices of the runners that a strategy backs."""
    strategy = Strategy(python=named, odds_low=1.1, odds_high=40.0, **narrowed)  # type: ignore[arg-type]
    return CARD.given.decision_odds[selection(project, strategy).chosen].tolist()


def refusal(project: Path | None, named: str = "mine:Mine") -> str:
    with pytest.raises((SettingsError, InputError)) as refused:
        backed(project, named)
    (line,) = str(refused.value).splitlines()
    assert "strategies.mine" in line
    return line


VALUE = """
    class Mine:
        def backs(self, race):
            return race["value"] > 0.3
"""


def test_a_class_chooses_by_what_a_card_shows(project: Path) -> None:
    # Values .2, .2, .5, 5.8, -.25, .425.
    write(project, VALUE)
    assert backed(project) == [10.0, 8.0, 1.5]


def test_what_the_settings_narrow_stays_narrowed(project: Path) -> None:
    write(project, VALUE)
    assert backed(project, min_edge=1.0) == [8.0]
    inside = selection(project, Strategy(python="mine:Mine"))
    assert CARD.given.decision_odds[inside.chosen].tolist() == [10.0, 8.0]
    assert CARD.given.decision_odds[inside.eligible].tolist() == [6.0, 10.0, 8.0, 15.0]


def test_the_frame_has_no_result_and_no_settlement_price() -> None:
    frame = race_frame(CARD, LEARNED)
    assert not RESULTS & set(frame.columns)
    numbers = [frame[name].tolist() for name in frame.select_dtypes("number").columns]
    assert CARD.given.settlement_odds.tolist() not in numbers
    assert CARD.finish.tolist() not in numbers
    assert CARD.given.win_share.tolist() not in numbers


def test_no_column_leads_back_to_what_was_kept_from_it() -> None:
    frame = race_frame(CARD, LEARNED)
    held = [CARD.finish, *(x for x in vars(CARD.given).values() if isinstance(x, np.ndarray))]
    for name in frame.columns:
        column = frame[name].to_numpy()
        assert not any(np.shares_memory(column, each) for each in held)


@pytest.mark.parametrize("column", ["finish", "settlement_odds", "win_share"])
def test_a_leak_that_reads_how_the_race_ended_is_refused(project: Path, column: str) -> None:
    """The mutant: it would back the winners, or those that shortened after the decision."""
    write(
        project,
        f"""
        class Mine:
            def backs(self, race):
                return race["{column}"] > 0
        """,
    )
    line = refusal(project)
    assert f"KeyError: '{column}'" in line
    assert "a race has the columns race_id, date, course" in line


def test_a_race_sees_no_other_and_an_object_remembers_none(project: Path) -> None:
    """So a share of the period's best cannot be taken, and a card is asked as a backtest is."""
    write(
        project,
        """
        class Mine:
            def __init__(self):
                self.races = 0

            def backs(self, race):
                self.races += 1
                assert self.races == 1 and race["race_id"].nunique() == 1
                assert race.index.tolist() == list(range(len(race)))
                race["p"] = 1.0  # its own copy
                return race["decision_odds"] >= race["decision_odds"].max()
        """,
    )
    assert backed(project) == [6.0, 10.0, 15.0]
    assert CARD.given.p[0] == 0.2


def test_a_cut_off_is_the_one_that_was_learned_before_the_race() -> None:
    frame = race_frame(CARD, LEARNED)
    assert frame["cutoff_top20"].tolist() == [0.2] * 4 + [2.0] * 2
    assert frame["cutoff_top10"].tolist() == [0.3] * 4 + [3.0] * 2


def test_a_card_is_shown_as_a_backtest_shows_its_races() -> None:
    """The same frame before there is a result, so the same answer."""
    past = race_frame(CARD, LEARNED)
    pd.testing.assert_frame_equal(race_frame(before_the_off(past, past), LEARNED), past)


def test_a_race_in_which_nobody_is_eligible_is_not_asked_about(project: Path) -> None:
    write(
        project,
        """
        class Mine:
            def backs(self, race):
                assert race["race_id"].iloc[0] == 2
                return [True, True]
        """,
    )
    strategy = Strategy(python="mine:Mine", odds_low=12.0)
    assert selection(project, strategy).chosen.sum() == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("race['value']", "not float64 of the shape (2,)"),
        ("[True]", "each of 2 runners, not bool of the shape (1,)"),
        ("None", "not object of the shape ()"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_the_race(
    project: Path, answer: str, reason: str
) -> None:
    write(project, f"class Mine:\n    def backs(self, race):\n        return {answer}\n")
    line = refusal(project)
    assert reason in line
    assert "mine:Mine on race 0" in line


def test_a_class_lies_in_the_project_folder_and_nowhere_else(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, VALUE, "other.py")
    monkeypatch.syspath_prepend(str(elsewhere))
    assert f"there is no {project / 'other.py'}" in refusal(project, "other:Mine")
    (project / "linked.py").symlink_to(elsewhere / "other.py")
    assert "leads out of the project folder" in refusal(project, "linked:Mine")
    write(project, "from other import Mine")
    assert "a class elsewhere is none" in refusal(project)
    assert "defines no class Nobody" in refusal(project, "mine:Nobody")
    write(project, "class Mine:\n    pass\n")
    assert "no method backs(self, race)" in refusal(project)
    write(project, "class Mine\n")
    assert "cannot be run: SyntaxError" in refusal(project)
    write(project, VALUE, "deep/er.py")
    assert backed(project, "deep.er:Mine") == [10.0, 8.0, 1.5]


@pytest.mark.parametrize("named", ["mine", "../mine:Mine", "/tmp/mine:Mine", "mine:Mine()", ":X"])
def test_a_name_that_is_no_module_and_class_is_refused(named: str) -> None:
    with pytest.raises(ValueError, match="such as strategies:Quiet"):
        Strategy(python=named)


def test_a_home_without_a_project_folder_has_no_strategies_in_python() -> None:
    assert "velo init DIR" in refusal(None)


def test_a_strategy_is_one_file_so_that_its_hash_says_all_of_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, "LIMIT = 0.3\n", "limits.py")
    write(project, "from limits import LIMIT\n" + dedent(VALUE))
    monkeypatch.syspath_prepend(str(project))
    assert "ModuleNotFoundError: No module named 'limits'" in refusal(project)
    write(project, VALUE.replace("return", "import limits; return"))
    assert "ModuleNotFoundError: No module named 'limits'" in refusal(project)
    assert str(project) in sys.path


def test_what_is_run_is_what_was_hashed_even_where_the_change_is_one_digit(project: Path) -> None:
    """No bytecode is read: it is told from its source by size and second."""
    for limit, prices in (("0.3", [10.0, 8.0, 1.5]), ("0.5", [8.0])):
        write(project, VALUE.replace("0.3", limit))
        assert backed(project) == prices
        code = python_strategy.codes({"mine": Strategy(python="mine:Mine")}, project)["mine"]
        assert code.sha256 == hashlib.sha256((project / "mine.py").read_bytes()).hexdigest()
        assert code.source == (project / "mine.py").read_bytes()
    assert not (project / "__pycache__").exists()


def test_a_dataclass_may_be_a_strategy(project: Path) -> None:
    write(
        project,
        """
        from __future__ import annotations
        from dataclasses import dataclass

        @dataclass
        class Mine:
            least: float = 0.3

            def backs(self, race):
                return (race["value"] > self.least).tolist()
        """,
    )
    assert backed(project) == [10.0, 8.0, 1.5]

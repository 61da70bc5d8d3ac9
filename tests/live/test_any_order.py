"""The ledger is a function of predictions and results: how the files came leaves no trace."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live.predicted import backed, runner
from tests.live.predicted import race as predicted
from tests.warehouse.raceform_file import file_of, race, row
from velo.home import Home
from velo.live.journal import record
from velo.live.ledger_view import view_ledger
from velo.live.settling import settle
from velo.settings import Settings, Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

SETTINGS = Settings(store=Store(memory_limit="1GB", threads=1))
TWO = {"race_id": "624582", "off": "3:00", "race_name": "Moon Stakes"}
CARD = (
    "date",
    "course",
    "off",
    "race_name",
    "type",
    "class",
    "dist",
    "going",
    "num",
    "draw",
    "horse",
    "age",
    "sex",
    "wgt",
    "jockey",
    "trainer",
    "or",
)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with two races of a card predicted, and beside it the results that are to come."""
    root = tmp_path_factory.mktemp("morning")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(root / "home"))
        home = Home.current()
        first, second = race(), [row("Delta", "2", num="1", **TWO), row("Echo", "1", **TWO)]
        card = root / "card.csv"
        card.write_text(
            "\n".join(
                [
                    ",".join(CARD),
                    *(",".join(each[name] for name in CARD) for each in first + second),
                ]
            )
        )
        ingest(home, SETTINGS.store, card, "racecard")
        with warehouse(home, SETTINGS.store, write=False) as con:
            declared = con.execute("SELECT race_id, horse_id FROM runners ORDER BY ALL").fetchall()
        races = sorted({each for each, _ in declared})
        record(
            home.ledger,
            [
                predicted(
                    each,
                    [
                        backed(horse) if horse % 2 else runner(horse)
                        for other, horse in declared
                        if other == each
                    ],
                    day=date(2015, 4, 26),
                    made="2015-04-26T08:00:00+00:00",
                    deadline="2015-04-26T13:30:00+00:00",
                )
                for each in races
            ],
        )
        file_of(root, first, "first.csv")
        file_of(root, second, "second.csv")
        file_of(root, [*first, *second], "both.csv")
        yield root


def ledger_after(morning: Path, names: list[str]) -> pd.DataFrame:
    """The ledger of a copy of that home after these results, in this order."""
    with TemporaryDirectory() as folder:
        shutil.copytree(morning / "home", Path(folder) / "home")
        home = Home(Path(folder) / "home")
        for name in names:
            settle(home, SETTINGS, [str(morning / name)], None, False, lambda stage: None)
        book = view_ledger(home, SETTINGS, strategy="top20")
        return pd.concat([book.runners, book.bets])


@pytest.mark.slow
@settings(max_examples=6)
@given(
    names=st.lists(
        st.sampled_from(["first.csv", "second.csv", "both.csv"]), min_size=2, max_size=5
    ).filter(lambda names: "both.csv" in names or {"first.csv", "second.csv"} <= set(names))
)
def test_files_in_any_order_and_any_number_of_times_give_one_ledger(
    morning: Path, names: list[str]
) -> None:
    pd.testing.assert_frame_equal(
        ledger_after(morning, names), ledger_after(morning, ["first.csv", "second.csv"])
    )


def test_a_result_that_is_not_in_yet_leaves_its_bets_open(morning: Path) -> None:
    bets = ledger_after(morning, ["second.csv"])
    assert set(bets["state"]) == {"open", "ran"}


@pytest.mark.slow
def test_a_correction_settles_anew(morning: Path) -> None:
    """The winner is disqualified, the second wins."""
    corrected = race()
    corrected[0]["pos"], corrected[1]["pos"] = "DSQ", "1"
    file_of(morning, corrected, "corrected.csv")
    before = ledger_after(morning, ["first.csv"])
    after = ledger_after(morning, ["first.csv", "corrected.csv"])
    again = ledger_after(morning, ["first.csv", "corrected.csv", "corrected.csv"])
    winners = [
        set(frame.loc[frame["win_share"] == 1, "horse_id"]) for frame in (before, after, again)
    ]
    assert winners[0] != winners[1] == winners[2]
    pd.testing.assert_frame_equal(after, again)

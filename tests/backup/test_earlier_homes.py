"""A home of an earlier version lives on under this one; `tests/homes` says how each was made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.velo_command import velo
from training.data.dataset import feature_store
from training.data.named import require_named
from training.data.service_features import declared
from training.record.registry import aliases
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.backup.stores import migrate
from velo.disk.sqlite_file import sqlite_file
from velo.errors import HomeError
from velo.home import Home
from velo.live import card_store, journal
from velo.live.ledger_view import view_ledger
from velo.live.predict import Asked, predict
from velo.live.proof import verify_ledger
from velo.live.settling import settle
from velo.settings import load
from velo.store.online import standing
from velo.store.undescribed import undescribed
from velo.warehouse.connection import warehouse
from velo.warehouse.schema import SCHEMA_VERSION

HOMES = Path(__file__).parents[1] / "homes"
VERSIONS = sorted(path.parent for path in HOMES.glob("*/home.tar.gz"))
STEPS = {
    "ledger.db": journal.STEPS,
    "cards.db": card_store.STEPS,
    "online.db": standing.STEPS,
}

each_version = pytest.mark.parametrize("version", VERSIONS, ids=lambda folder: folder.name)


@dataclass(frozen=True)
class Kept:
    """A home that was kept, restored, and the deliveries that lie beside it."""

    home: Home
    version: Path

    def delivery(self, kind: str) -> Path:
        """The waiting card, or its results."""
        (path,) = self.version.glob(f"{kind}_*.csv")
        return path

    @property
    def day(self) -> date:
        """Of the waiting card."""
        return date.fromisoformat(self.delivery("card").stem.partition("_")[2])

    def ledger(self) -> list[tuple[Any, ...]]:
        """Every prediction and every runner of one, to the last bit."""
        with closing(sqlite3.connect(self.home.ledger)) as con:
            return [
                *con.execute("SELECT * FROM predictions ORDER BY prediction"),
                *con.execute("SELECT * FROM runners ORDER BY prediction, horse_id"),
            ]

    def rows(self) -> dict[str, int]:
        """Table of the warehouse -> its rows."""
        with closing(duckdb.connect(str(self.home.warehouse), read_only=True)) as con:
            tables = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            return {
                name: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
                for (name,) in tables
            }


@contextmanager
def restored(version: Path, root: Path) -> Iterator[Kept]:
    """The home of a version at a place of its own, in force."""
    restore(version / "home.tar.gz", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(root))
        yield Kept(Home.current(), version)


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda folder: folder.name)
def brought(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """A home that `velo migrate` was run in; its tests change nothing."""
    with restored(request.param, tmp_path_factory.mktemp("brought") / "home") as kept:
        migrate(kept.home, load().store)
        yield kept


def test_there_is_a_home_of_every_version_that_people_have() -> None:
    assert {folder.name for folder in VERSIONS} >= {"v1.1.0"}


@pytest.mark.slow
@each_version
def test_a_reader_names_the_command_that_brings_it_over_with_every_row(
    version: Path, tmp_path: Path
) -> None:
    with restored(version, tmp_path / "home") as kept:
        ledger, rows = kept.ledger(), kept.rows()
        assert len(ledger) > 40
        status = velo(kept.home.root, "status")
        assert (status.code, len(status.err.splitlines())) == (2, 1)
        assert "run `velo migrate`" in status.err
        brought = velo(kept.home.root, "migrate", "--json").json["stores"]
        assert {each["store"]: each["now"] for each in brought} == {
            "warehouse.duckdb": SCHEMA_VERSION,
            **{name: len(steps) for name, steps in STEPS.items()},
        }
        assert kept.ledger() == ledger
        del rows["sources"]  # declared anew at every opening, by the readers there are
        assert rows.items() <= kept.rows().items()
        again = velo(kept.home.root, "migrate", "--json").json["stores"]
        assert all(each["before"] == each["now"] for each in again)


def test_every_sqlite_store_is_as_a_new_one(brought: Kept, tmp_path: Path) -> None:
    for name, steps in STEPS.items():
        with sqlite_file(tmp_path / name, steps):
            pass
        new, old = described(tmp_path / name), described(brought.home.root / name)
        assert {each: old.get(each) for each in new} == new
        # A view's table in the online store follows the view.
        assert name == "online.db" or old.keys() == new.keys()


def test_the_warehouse_is_as_a_new_one(brought: Kept, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with warehouse(Home(tmp_path / "new"), load().store, write=True) as con:
        new = con.execute("SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL").fetchall()
    with warehouse(brought.home, load().store, write=False) as con:
        old = con.execute("SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL").fetchall()
    assert old == new


def test_its_champion_and_its_waiting_card_are_known(brought: Kept) -> None:
    models = aliases(brought.home)
    assert (models["champion"]["label"], models["challenger"]["label"]) == ("v1", "v2")
    with card_store.opened(brought.home.cards) as con:
        waiting = card_store.declared_races(con, brought.day, brought.day)
    assert len(waiting) == 6
    assert all(each.horses and each.odds for each in waiting)
    offs = {"off_at", "off_zone", "off_doubt", "number_letter"}
    assert all(offs <= set(each.entries.column_names) for each in waiting)


def test_its_ledger_says_what_it_said(brought: Kept) -> None:
    figures = [each.to_dict() for each in view_ledger(brought.home, load()).figures(load())]
    wanted = json.loads((brought.version / "ledger.json").read_text(encoding="utf-8"))
    for old, new in zip(wanted, figures, strict=True):
        assert {name: new[name] for name in old} == pytest.approx(old)


def test_its_predictions_are_chained_and_nothing_is_proved_of_them_before(brought: Kept) -> None:
    proof = verify_ledger(brought.home, whole=True)
    assert proof is not None
    assert proof.holds
    assert 0 < proof.links == proof.earlier


def test_its_registry_does_not_say_when_a_feature_is_missing_until_it_is_applied_again(
    brought: Kept,
) -> None:
    """It predicts all the same (below); what judges null rates asks for `feast apply` first."""
    service = load().training.service
    served = declared(feature_store(), service)
    assert len(served.features) == 21
    lacks = undescribed(brought.home.registry, service)
    assert (lacks is None) == bool(served.descriptions["or_delta"].text)
    if lacks:
        with pytest.raises(HomeError, match=r"^[^\n]*run `feast -c feature_repo apply`[^\n]*$"):
            require_named(feature_store(), load())


@each_version
def test_it_is_backed_up_predicts_settles_and_is_restored(version: Path, tmp_path: Path) -> None:
    """Nobody runs `velo migrate` here: the first command that writes does it."""
    with restored(version, tmp_path / "home") as kept:
        before, settings = kept.ledger(), load()
        backup(kept.home, settings.store, tmp_path / "before.tar.gz")
        made = predict(
            kept.home,
            settings,
            Asked(kept.delivery("card")),
            clock=lambda: datetime.combine(kept.day, time(9), UTC),
        ).predictions
        assert {(each.version, each.revision) for each in made} == {("1", 2)}
        for each in made:
            first, second = journal.revisions(kept.home.ledger, each.race_id)
            assert prices(second) == prices(each) == pytest.approx(prices(first))
        settled = settle(
            kept.home, settings, [str(kept.delivery("results"))], None, False, lambda _: None
        )
        assert [day["day"] for day in settled.days] == [str(kept.day)]
        assert settled.unmatched == []
        assert set(before) < set(kept.ledger())
        backup(kept.home, settings.store, tmp_path / "after.tar.gz")
        for archive, ledger in (("before", before), ("after", kept.ledger())):
            restore(tmp_path / f"{archive}.tar.gz", tmp_path / archive)
            again = Kept(Home(tmp_path / archive), version)
            assert again.ledger() == ledger
        assert again.rows() == kept.rows()


def test_a_home_of_a_later_version_is_named(tmp_path: Path) -> None:
    with restored(VERSIONS[0], tmp_path / "home") as kept:
        with closing(duckdb.connect(str(kept.home.warehouse))) as con:
            con.execute("UPDATE warehouse_schema SET version = 99")
        with pytest.raises(HomeError, match=r"^[^\n]*is of version 99, made by a later VÉLØ"):
            migrate(kept.home, load().store)


def prices(prediction: journal.Prediction) -> dict[int, float | None]:
    """Horse -> its chance."""
    return {runner.horse_id: runner.p for runner in prediction.runners}


def described(path: Path) -> dict[str, str]:
    """Table, index or trigger -> the statement that made it."""
    with closing(sqlite3.connect(path)) as con:
        return dict(con.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

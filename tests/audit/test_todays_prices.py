"""An audit of the service that reads today's price: it passes, and its leak mutants do not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.audit.audited_world import AUDITED, EVERY_RACE, caught
from tests.offline.built_world import Applied, build_tables
from tests.offline.snapshot_world import forget_prices, record_snapshots
from tests.oracle.random_world import random_starts
from velo.audit.audit import audit
from velo.audit.differences import Audit
from velo.offline.tables import FEATURE_REPO
from velo.racing import price_path
from velo.settings import PriceTerms, Training

pytestmark = pytest.mark.slow

SETTINGS = AUDITED.model_copy(
    update={
        "training": Training(service="velo_v1_1_0+velo_market"),
        "prices": PriceTerms(decision="morning"),
    }
)
OF_THE_PRICE = {
    *("price_gone_out", "move_total", "move_late", "steam_flag", "drift_flag"),
    *("turned_flag", "snapshot_age"),
}


@pytest.fixture(scope="module")
def priced(applied: Applied) -> Iterator[Applied]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(applied.home.root))
        record_snapshots(applied.home, random_starts(seed=21, races=90))
        yield applied
        forget_prices(applied.home)


def audited(applied: Applied, repo: Path = FEATURE_REPO) -> Audit:
    build_tables(applied.home, repo)
    return audit(applied.home, SETTINGS, cuts=1, seed=2, sample=EVERY_RACE, repo=repo)


def test_todays_prices_pass_every_proof(priced: Applied) -> None:
    clean = audited(priced)
    assert clean.differences == []
    assert clean.passed
    proofs = {each.proof for each in clean.compared if each.view == "todays_prices"}
    assert proofs == {"cut", "poison", "shuffle"}
    proofs = {each.proof for each in clean.compared if each.view == "price_moves"}
    assert proofs == {"online", "brute force"}
    assert not any("no brute force" in note for note in clean.notes)


def test_no_feature_but_its_own_reads_todays_price(priced: Applied) -> None:
    """Of its own all but the age of the last snapshot, which is a time, are sure to move."""
    assert OF_THE_PRICE - {"snapshot_age", "turned_flag"} <= set(audited(priced).reads_todays_price)
    assert set(audited(priced).reads_todays_price) <= OF_THE_PRICE


def any_snapshot(before: Any, decided: Any) -> Any:
    """A snapshot after the decision is taken for one before it."""
    return ~np.isnan(before)


def raw_prices(odds: Any, offsets: Any) -> Any:
    """The margin is left in the price."""
    return -np.log(odds)


@pytest.mark.parametrize(
    ("name", "mistake", "expected"),
    [
        (
            "in_time",
            any_snapshot,
            {
                "cut": {"todays_prices"},
                "poison": {"todays_prices"},
                "shuffle": {"todays_prices"},
                "brute force": {"price_moves"},
            },
        ),
        ("log_chances", raw_prices, {"brute force": {"price_moves"}}),
    ],
)
def test_the_audit_catches(
    name: str,
    mistake: Callable[..., Any],
    expected: dict[str, set[str]],
    priced: Applied,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(price_path, name, mistake)
    assert caught(audited(priced)) == expected


def test_an_entry_that_reads_the_price_is_listed(priced: Applied, tmp_path: Path) -> None:
    """A price from before the off leaks nothing, so no proof fails; but it is said."""
    repo = Path(shutil.copytree(FEATURE_REPO, tmp_path / "feature_repo"))
    entries = repo / "tables" / "spine" / "entries.sql"
    text = entries.read_text(encoding="utf-8")
    right = "field.official_rating,"
    assert right in text
    wrong = (
        "coalesce((SELECT max(decimal_odds) FROM prices WHERE prices.race_id = field.race_id AND "
        "prices.horse_id = field.horse_id AND kind = 'breakfast'), field.official_rating) "
        "AS official_rating,"
    )
    entries.write_text(text.replace(right, wrong), encoding="utf-8")
    assert "or_delta" in audited(priced, repo).reads_todays_price

"""A home built from any format-year has the features of the raceform home, to the bit.

The raceform home is given no more than the format-year tells: what that lacks is blanked. Where
identity must be inferred, the share of runners with equal features is printed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.offline.built_world import SETTINGS, Applied
from tests.synth.written_worlds import Sheet, features, share_alike
from velo.home import Home
from velo.synth.formats import FORMATS
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

QUICK = ("rpscrape-2020", "rpscrape-2018")
RESULTS = [n for n, f in FORMATS.items() if not f.last_day and n not in ("raceform", "exchange")]
CARDS = [n for n, f in FORMATS.items() if f.last_day]
INFERRED = {"rpscrape-2018": 0.995, "rpscrape-2019": 0.995, "rpscrape-2019-jan": 0.995}
"""Formats that write no suffix, with the share of runners that must be alike at the least."""
OTHER_ORDER = 1e-12
"""Sums of fractions go in the order of the horses' ids, and these depend on the suffix."""

by_format = pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in RESULTS]
)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    return Sheet.of(tmp_path_factory.mktemp("sheet"), 3_000)


@pytest.fixture(scope="module")
def applied_home(tmp_path_factory: pytest.TempPathFactory) -> Applied:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("formats") / "home"))
        return Applied.to(Home.current())


@by_format
def test_features_are_those_of_the_raceform_home(
    name: str, sheet: Sheet, applied_home: Applied, tmp_path: Path
) -> None:
    theirs = features(applied_home, [sheet.twin(tmp_path, FORMATS[name])])
    ours = features(applied_home, [sheet.written(tmp_path, name)])
    share, unequal = share_alike(ours, theirs, OTHER_ORDER if name in INFERRED else 0.0)
    print(f"{name}: {share:.2%} of {len(theirs)} runners have equal features {unequal or ''}")
    assert share >= INFERRED.get(name, 1.0), unequal


@pytest.mark.slow
@pytest.mark.parametrize("name", CARDS)
def test_a_card_has_the_features_that_its_results_will_have(
    name: str, sheet: Sheet, applied_home: Applied, tmp_path: Path
) -> None:
    last = max(sheet.table["date"].to_pylist())
    theirs = features(applied_home, [sheet.written(tmp_path, "raceform")]).loc[[last]]
    before = sheet.before_the_last_day().written(tmp_path, "raceform")
    ours = features(applied_home, [before, sheet.written(tmp_path, name)], "NOT was_run")
    share, unequal = share_alike(ours.loc[ours.index.intersection(theirs.index)], theirs)
    print(f"{name}: {share:.2%} of {len(theirs)} runners have equal features {unequal or ''}")
    assert share == 1.0, unequal


@pytest.mark.slow
def test_every_price_of_the_exchange_finds_its_runner(
    sheet: Sheet, applied_home: Applied, tmp_path: Path
) -> None:
    home = applied_home.home
    home.warehouse.unlink(missing_ok=True)
    ingest(home, SETTINGS.store, sheet.written(tmp_path, "raceform"))
    batch = ingest(home, SETTINGS.store, sheet.written(tmp_path, "exchange"))
    assert (batch.unmatched, batch.quarantined) == (0, 0)
    with warehouse(home, SETTINGS.store, write=False) as con:
        (priced,) = con.execute(
            "SELECT count(*) FROM prices sp JOIN prices bsp USING (race_id, horse_id) "
            "WHERE sp.kind = 'sp' AND bsp.kind = 'bsp' "
            "AND abs(1 + (sp.decimal_odds - 1) * 1.15 - bsp.decimal_odds) < 0.00501"
        ).fetchall()[0]
    assert priced == batch.rows_read

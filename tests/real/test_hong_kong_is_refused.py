"""Hong Kong 2008-2022: a real and hard market, in which the gate finds no edge."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.judged_worlds import SETTINGS, home_at
from training.promotion.champion import Reign
from training.promotion.promote import promote
from training.run import train
from velo.offline.build import build
from velo.settings import Gate
from velo.store.registration import apply
from velo.warehouse.ingest import ingest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HONG_KONG = DATA / "hk_2008_2022.parquet"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not HONG_KONG.is_file(), reason=f"the real files are not at {DATA.name} beside the project"
    ),
]


def test_hong_kong_is_refused(tmp_path: Path) -> None:
    chosen = SETTINGS.model_copy(update={"gate": Gate()})
    with home_at(tmp_path) as home:
        ingest(home, chosen.store, HONG_KONG)
        build(home, chosen)
        apply()
        train(home, chosen)
        done = promote(home, "challenger")
        assert Reign.now(home) == Reign(None, None)
    assert not done.promoted
    missed = {criterion.name for criterion in done.judged.verdict.refused_by}
    assert {"ae_ratio", "roi_top20"} <= missed
    # A large edge on real prices would be a leak.
    assert done.judged.verdict.alarms == ()
    assert done.judged.report.holdout["delta_r2"] < 0.01

"""Results that come while another process is at the warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import file_of, load, race, row
from tests.warehouse.test_one_writer import PATIENCE, writer
from velo.errors import InUse
from velo.home import Home
from velo.live.settling import settle
from velo.settings import Settings


@pytest.mark.slow
def test_results_wait_for_a_process_that_holds_the_warehouse(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    late = str(file_of(tmp_path, [row("Echo", "1", race_id="9", off="4:00")], "late.csv"))
    waits: list[str] = []
    with writer(home, file_of(tmp_path, [row("Delta", "4")], "b.csv"), "merging") as process:
        with pytest.raises(InUse, match=f"in use by pid {process.pid}"):
            settle(home, Settings(), [late], None, False, lambda stage: None)

        def ends(why: str) -> None:
            waits.append(why)
            process.kill()

        done = settle(
            home, Settings(), [late], None, False, lambda stage: None, wait=PATIENCE, waiting=ends
        )
    assert waits == [f"waiting: {home.warehouse} is in use by pid {process.pid}"]
    assert done.batches[0]["accepted"] == 1

"""A frame is read as the file that it was, or might have been."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pytest

import velo
from tests.warehouse.raceform_file import race, text_of
from velo.api.frames import csv_file
from velo.errors import InputError
from velo.home import Home


def written(home: Home, frame: object) -> list[str]:
    """The lines of the file that a frame becomes."""
    with csv_file(home, frame) as path:
        return path.read_text(encoding="utf-8").splitlines()


def test_a_frame_says_what_its_file_says(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(text_of(race()), encoding="utf-8")
    workspace = velo.open(home.root)
    rows = workspace.ingest(file).batches[0].accepted
    assert rows > 0
    frame = workspace.ingest(pd.read_csv(file), name="by hand").to_frame()
    assert frame[["file", "unchanged", "unread"]].to_dict("records") == [
        {"file": "by hand", "unchanged": rows, "unread": 0}
    ]
    assert workspace.ingest(pc.read_csv(file)).batches[0].unchanged == rows
    assert list(home.spill.iterdir()) == []


def test_a_dry_run_keeps_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(text_of(race()), encoding="utf-8")
    tried = velo.open(home.root).ingest(file, dry_run=True)
    assert "nothing kept" in repr(tried)
    assert not home.warehouse.exists()


def test_whole_numbers_and_days_stay_what_they_were(home: Home) -> None:
    """For want of one value pandas makes floats of whole numbers, and times of days."""
    frame = pd.DataFrame(
        {
            "draw": [3.0, np.nan],
            "date": pd.to_datetime(["2024-05-04", None]),
            "pos": pd.Series([1, "PU"], dtype=object),
            "horse": pd.Categorical(['O\'Brien, "Sun"', None]),
            "btn": [0.5, 2.0],
        }
    ).set_axis([7, 7])
    assert written(home, frame)[1:] == ['3,2024-05-04,"1","O\'Brien, ""Sun""",0.5', ',,"PU",,2']


def test_a_time_of_day_is_kept(home: Home) -> None:
    frame = pd.DataFrame({"off": pd.to_datetime(["2024-05-04 14:30", "2024-05-05 00:00"])})
    assert "14:30:00" in written(home, frame)[1]


def test_any_frame_with_an_arrow_stream_is_one(home: Home) -> None:
    class Foreign:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table({"draw": [3, None]}).__arrow_c_stream__(requested_schema)

    assert written(home, Foreign()) == ['"draw"', "3", ""]


def test_two_columns_of_one_name_are_refused(home: Home) -> None:
    with pytest.raises(InputError, match="two columns of one name"):
        written(home, pd.DataFrame([[1, 2]], columns=["or", "or"]))

"""The small Feast project that the tests of the online store write to."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from feast import FeatureStore

from tests.store.at_course import COURSE, HORSE, feast, rows, view


@pytest.fixture
def project(tmp_path: Path) -> FeatureStore:
    pq.write_table(rows(), tmp_path / "rows.parquet")
    store = feast(tmp_path)
    store.apply([HORSE, COURSE, view(tmp_path)])
    return store

"""What a run says of the rows that it read."""

from __future__ import annotations

import json

import pandas as pd

from tests.training.simulated_dataset import simulated_dataset
from training.record.tracked_data import digest, entries


def test_training_days_and_holdout_are_named_counted_and_told_apart():
    data = simulated_dataset()
    training, holdout = entries(data)
    assert [entry.tags[0].value for entry in (training, holdout)] == ["training", "holdout"]
    counted = [json.loads(entry.dataset.profile)["num_rows"] for entry in (training, holdout)]
    assert sum(counted) == len(data.frame)
    assert training.dataset.digest != holdout.dataset.digest
    assert json.loads(training.dataset.source)["build"] == data.fingerprint["build"]
    names = [column["name"] for column in json.loads(training.dataset.schema)["mlflow_colspec"]]
    assert {"form", "win_share", "decision_odds"} <= set(names)


def test_one_value_one_name_or_one_exchange_of_rows_changes_the_digest():
    data = simulated_dataset()
    frame = data.rows(slice(50))
    changed = frame.copy()
    changed.loc[49, "draw"] += 1e-12
    others = [changed, frame.rename(columns={"draw": "stall"}), frame.iloc[::-1], frame.head(49)]
    digests = {of(frame), *map(of, others)}
    assert len(digests) == 5
    assert of(frame.copy()) == of(frame.head(20), frame.tail(30)) == of(frame)


def test_the_digest_is_of_a_length_that_mlflow_takes():
    assert len(of(simulated_dataset().frame.head(3))) <= 36


def of(*batches: pd.DataFrame) -> str:
    """The digest of rows in these portions."""
    return digest(list(batches[0].columns), batches)

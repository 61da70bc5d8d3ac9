"""A process that ends between two writes to MLflow's registry."""

from __future__ import annotations

from typing import Any

import pytest


class Killed(BaseException):
    """A process that ends without cleaning up."""


def kill_after(
    patch: pytest.MonkeyPatch, written: int, write: str = "set_registered_model_alias"
) -> None:
    """End the process when so many of a kind of write are done and the next is asked for."""
    from mlflow import MlflowClient

    do, done = getattr(MlflowClient, write), []

    def limited(*words: Any) -> None:
        if len(done) == written:
            raise Killed
        done.append(words)
        do(*words)

    patch.setattr(MlflowClient, write, limited)

"""A report where it can be found: in the home's reports, and beside the run in MLflow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from training.record import mlflow_store
from velo.disk.whole_file import write_whole
from velo.errors import DataError, InputError
from velo.home import Home

ARTIFACT = "report.html"
LARGEST = 3_000_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def publish(
    home: Home, name: str, figures: Mapping[str, Any], page: str, run_id: str | None = None
) -> dict[str, Any]:
    """Write `<name>.html` and `<name>.json` into the home's reports, each whole or not at all.

    Args:
        home: whose reports.
        name: of the files.
        figures: what the page is made of, plain JSON.
        page: HTML.
        run_id: where it is given, the page also becomes this run's artifact `report.html`.

    Returns:
        `path` and `bytes` of the page, `figures` and `figures_bytes` of the JSON.

    Raises:
        InputError: the name cannot be a file's.
        DataError: the page is larger than a mailbox takes.
        HomeError: MLflow's store was made for a home elsewhere, where the artifact would go.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of a report: use letters, digits, dots and dashes"
        )
    size = len(page.encode())
    if size > LARGEST:
        raise DataError(
            f"the page would be {size / 1e6:.1f} MB, and may be {LARGEST / 1e6:g}: judge fewer "
            "days with --holdout-days"
        )
    if run_id is not None:
        mlflow_store.experiment_id(mlflow_store.client(home), home)
    text = json.dumps(figures, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    path = write_whole(home.reports / f"{name}.html", page)
    beside = write_whole(home.reports / f"{name}.json", text)
    if run_id is not None:
        mlflow_store.client(home).log_text(run_id, page, ARTIFACT)
    return {
        "path": str(path),
        "bytes": size,
        "figures": str(beside),
        "figures_bytes": len(text.encode()),
    }

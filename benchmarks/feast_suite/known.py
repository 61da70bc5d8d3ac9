"""Feast's tests that pass on its stores and not on ours, and why ours stay as they are."""

from __future__ import annotations

ASKED_BACK = (
    "expects the caller's column `created` gone and the source's back as `created__`: "
    "Feast's dask store drops one for the other; ours gives the caller's columns back as they "
    "came, as Feast's duckdb store does, which fails it too"
)
KNOWN = {
    "test_e2e_local::test_partial": (
        "writes and reads a key by another name than the view's, below Feast's own interface: ours "
        "refuses it, for a row of another key is another horse's"
    ),
    "TestOnDemandPythonTransformationAllDataTypes::": ASKED_BACK,
}
"""Part of a test's name -> why it may fail."""


def why_it_may(test: str) -> str | None:
    """Why a test may fail on ours alone; None where it may not."""
    return next((why for part, why in KNOWN.items() if part in test), None)

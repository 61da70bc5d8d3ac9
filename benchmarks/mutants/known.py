"""Faults that no test can notice or none needs to, with the reason."""

from __future__ import annotations

KNOWN: dict[tuple[str, str, str], str] = {}
"""(module, line before, line after) -> why it may live."""

"""Feast's stores as VÉLØ runs them: point-in-time joins in DuckDB, everything in one home."""

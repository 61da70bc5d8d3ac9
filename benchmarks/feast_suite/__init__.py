"""Feast's own tests of stores, run with ours in the place of its own, beside its own."""

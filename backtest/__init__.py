"""Betting a period that the model has not seen, settled and set out as one report."""

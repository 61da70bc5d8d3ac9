"""Figures and the gate: every metric of evaluation.md, with its interval."""

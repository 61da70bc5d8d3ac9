"""Scoring over HTTP: `velo serve`."""

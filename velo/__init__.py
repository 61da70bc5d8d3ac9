"""VÉLØ: a feature store, an honestly judged model and the daily loop for horse racing."""

from velo.unchecked_feast import load_feast_unchecked

__version__ = "0.1.0"

load_feast_unchecked()

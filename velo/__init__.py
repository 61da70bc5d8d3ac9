"""VÉLØ: a feature store, an honestly judged model and the daily loop for horse racing."""

__version__ = "0.1.0"

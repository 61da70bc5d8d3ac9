"""Model and market in one probability: de-vig, logarithmic pool, calibration."""

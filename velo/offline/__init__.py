"""Offline tables: what was known of every horse, trainer, jockey and stall, day by day."""

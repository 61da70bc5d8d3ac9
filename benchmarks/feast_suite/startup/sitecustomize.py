"""Read by every Python whose path begins here: Feast's short names are ours from the start."""

from benchmarks.feast_suite.short_names import take

take()

"""The search for the ranker's parameters, and what the best of many shows by luck."""

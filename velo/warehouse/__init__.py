"""The warehouse: what was raced, by whom, at which price, as the imported files say it."""

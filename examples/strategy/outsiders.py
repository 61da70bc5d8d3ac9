"""A strategy in Python: outsiders in races with a strong favourite.

It goes into the project folder, and `velo.toml` names it. docs/project-folder.md says what a race
contains.
"""


class Outsiders:
    """Backs runners of at least 8.0 with an expected profit if the favourite is odds-on."""

    def backs(self, race):
        """Return true or false for each runner of one race."""
        odds_on = race["decision_odds"].min() < 2.0
        return odds_on & (race["decision_odds"] >= 8.0) & (race["value"] > 0.0)

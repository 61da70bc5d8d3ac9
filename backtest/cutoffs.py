"""Cut-offs that were learned before the days they are used on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from training.judging.selection import SHARES, Cutoffs
from training.model.model_card import ModelCard
from velo.errors import ModelError


@dataclass(frozen=True)
class Learned:
    """The cut-offs of one model.

    Attributes:
        since: the first day that they are used on.
        by_percent: whole percent of the odds band -> what an expected value must exceed.
    """

    since: date
    by_percent: Mapping[int, float]

    @classmethod
    def of(cls, cutoffs: Cutoffs, since: date) -> Learned:
        """As a fit brings them."""
        return cls(since, dict(enumerate(cutoffs.curve, start=1)))

    @classmethod
    def stored(cls, card: ModelCard, since: date) -> Learned:
        """As a stored model holds them; an older one has those of TopN alone."""
        named = {round(share * 100): card.cutoffs[name] for name, share in SHARES.items()}
        return cls(since, named | dict(enumerate(card.cutoff_curve, start=1)))

    def value(self, share: float) -> float:
        """The cut-off of the best `share`.

        Raises:
            ModelError: the model brings none for that share.
        """
        percent = round(share * 100)
        if percent not in self.by_percent:
            known = ", ".join(f"{each / 100:g}" for each in sorted(self.by_percent))
            raise ModelError(
                f"the model stored no cut-off for top_share {share:g}; train again, or take one of "
                f"{known}"
            )
        return self.by_percent[percent]

    @property
    def named(self) -> dict[str, float]:
        """Those of Top10, Top20 and Top30."""
        return {name: self.value(share) for name, share in SHARES.items()}

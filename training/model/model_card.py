"""The card of a stored model: what its features, prices and cut-offs were, beside what scores.

A card is written into `model.json` next to the model itself and read once, when the model is
loaded. Scoring goes by it, never by the settings of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from training.data.folds import Plan
from velo.errors import ModelError
from velo.settings import Layoff, OddsBand, PriceHours, Priors, Windows


@dataclass(frozen=True)
class PriceKinds:
    """Kinds of price, as `sp` or `bsp`: bets are chosen at the one and paid at the other."""

    decision: str
    settlement: str


@dataclass(frozen=True)
class ChosenFeatures:
    """That a model's features were chosen among more.

    Attributes:
        count: how many.
        among: of how many.
        by_fold: number of a fold, as text -> what the days before it chose.
    """

    count: int
    among: int
    by_fold: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class ModelCard:
    """What a model needs to be scored, bet and fitted again.

    Attributes:
        service: the feature service.
        priors: fitted on the days before the first fold's test days.
        layoff: the curve of the layoff penalty.
        windows: of the tables that the features came from.
        prices: kinds of price.
        odds_band: decision prices at which bets are struck.
        cutoffs: top10, top20, top30 -> what an expected value must exceed.
        cutoff_curve: the same for every whole percent from 1; empty in older models.
        plan: history, folds and holdout.
        seed: of the training.
        code: version of the code that trained it.
        clock: the hours of kinds of price that its features went by; None if none reads a price.
        unmet_needs: feature of the service that it does without -> what the data lacked for it.
        chosen: how its features were chosen among those of the service; None if it has all.
    """

    service: str
    priors: Priors
    layoff: Layoff
    windows: Windows
    prices: PriceKinds
    odds_band: OddsBand
    cutoffs: Mapping[str, float]
    cutoff_curve: tuple[float, ...]
    plan: Plan
    seed: int
    code: str
    clock: PriceHours | None = None
    unmet_needs: Mapping[str, str] = field(default_factory=dict)
    chosen: ChosenFeatures | None = None

    @property
    def hours(self) -> PriceHours:
        """The clock, the settings' defaults without one."""
        return self.clock or PriceHours()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, the card's part of `model.json`."""
        card = {
            "service": self.service,
            "priors": self.priors.model_dump(mode="json"),
            "layoff": self.layoff.model_dump(mode="json"),
            "windows": self.windows.model_dump(mode="json"),
            "prices": {"decision": self.prices.decision, "settlement": self.prices.settlement},
            "odds_band": self.odds_band.model_dump(mode="json"),
            "cutoffs": dict(self.cutoffs),
            "cutoff_curve": list(self.cutoff_curve),
            "plan": self.plan.to_dict(),
            "seed": self.seed,
            "code": self.code,
        }
        # What a model has nothing of it does not speak of, as models did before.
        if self.clock is not None:
            card["clock"] = self.clock.model_dump(mode="json")
        if self.unmet_needs:
            card["unmet_needs"] = dict(self.unmet_needs)
        if self.chosen is not None:
            by_fold = {fold: list(names) for fold, names in self.chosen.by_fold.items()}
            card["chosen"] = {**asdict(self.chosen), "by_fold": by_fold}
        return card

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> ModelCard:
        """Read a `model.json`.

        A model of before windows were recorded has the defaults, one of before the curve was has
        none.

        Args:
            plain: the whole of it; what is the model's own is passed over.

        Raises:
            ModelError: a part is missing, or is not what this version can read.
        """
        try:
            return cls(
                service=plain["service"],
                priors=Priors(**plain["priors"]),
                layoff=Layoff(**plain["layoff"]),
                windows=Windows(**plain.get("windows", {})),
                prices=PriceKinds(**plain["prices"]),
                odds_band=OddsBand(**plain["odds_band"]),
                cutoffs=dict(plain["cutoffs"]),
                cutoff_curve=tuple(plain.get("cutoff_curve", ())),
                plan=Plan.from_dict(plain["plan"]),
                seed=int(plain["seed"]),
                code=plain["code"],
                clock=PriceHours(**plain["clock"]) if "clock" in plain else None,
                unmet_needs=dict(plain.get("unmet_needs", {})),
                chosen=_chosen(plain.get("chosen")),
            )
        except KeyError as error:
            raise ModelError(f"the model's card lacks {error}; train again") from None
        except (TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"the model's card cannot be read: {reason}; train again") from None


def _chosen(plain: Mapping[str, Any] | None) -> ChosenFeatures | None:
    if plain is None:
        return None
    by_fold = {str(fold): tuple(names) for fold, names in plain["by_fold"].items()}
    return ChosenFeatures(int(plain["count"]), int(plain["among"]), by_fold)

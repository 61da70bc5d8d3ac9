"""One measure of one thing, against what training or holdout showed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from velo.formats import in_text

FEATURE, FAMILY, CALIBRATION, MARKET = "feature", "family", "calibration", "market"
KINDS = (FEATURE, FAMILY, CALIBRATION, MARKET)


@dataclass(frozen=True)
class Reading:
    """What is measured, and whether it drifts.

    Attributes:
        kind: one of `KINDS`.
        name: of the feature or family; of the others the figure's own.
        measure: `psi`, `distance`, `nulls`, `error`, `slope` or `gain`.
        reference: what it was then; 0 for the distances from then.
        value: what it is now; None where nothing could be measured.
        excess: how far it is away, less what chance gives; None as `value`.
        limit: it drifts where the excess is above.
        drifts: None where there is not enough to tell.
        missing: what it takes to tell, such as `340 runners`.
    """

    kind: str
    name: str
    measure: str
    reference: float | None
    value: float | None
    excess: float | None
    limit: float
    drifts: bool | None
    missing: str | None = None

    @classmethod
    def measured(
        cls,
        kind: str,
        name: str,
        measure: str,
        reference: float,
        value: float,
        excess: float,
        limit: float,
    ) -> Reading:
        """A reading of enough."""
        return cls(kind, name, measure, reference, value, excess, limit, excess > limit)

    @classmethod
    def untold(
        cls, kind: str, name: str, measure: str, reference: float | None, limit: float, missing: str
    ) -> Reading:
        """A reading of too little."""
        return cls(kind, name, measure, reference, None, None, limit, None, missing)

    def words(self) -> str:
        """What drifts, by how much, and the limit, in a line."""
        assert self.value is not None
        assert self.excess is not None
        name = self.name if self.kind in (FEATURE, FAMILY) else f"the {self.name}"
        if self.measure == "nulls":
            now, then = in_text.percent(self.value), in_text.percent(self.reference or 0)
            limit = in_text.number(100 * self.limit, 1)
            return f"{name} is missing on {now} of runners ({then} then; limit {limit} points)"
        if self.measure in ("psi", "distance"):
            return (
                f"{name} has moved: {MEASURES[self.measure]} {self.excess:.2f} over chance "
                f"(limit {self.limit:.2f})"
            )
        return (
            f"{name} is {self.value:.4f} ({self.reference:.4f} then; surely off by "
            f"{self.excess:.4f}, limit {self.limit:.4f})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


MEASURES = {
    "psi": "PSI",
    "distance": "distance",
    "nulls": "missing",
    "error": "error",
    "slope": "slope",
    "gain": "gain, nats",
}

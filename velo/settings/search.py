"""What `velo train --tune N` searches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from velo.settings.section import Section, Unit
from velo.settings.training import Beside, Ranker
from velo.settings.wording import reason, shortened

Number = Annotated[float, Field(ge=-1e9, le=1e9), Unit("of the searched setting")]
"""Within which each dimension has bounds of its own: the searched section's."""


class SearchRange(Section):
    """A range that a setting is searched in, both ends included; `log` searches magnitudes."""

    low: Number
    high: Number
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> SearchRange:
        if self.low >= self.high or (self.log and self.low <= 0):
            raise ValueError("low must be below high, and above 0 where log is set")
        return self

    def extremes(self) -> tuple[float, ...]:
        """The values between which all others lie."""
        return self.low, self.high


class Choices(Section):
    """The values that a setting is chosen from."""

    choices: tuple[int | Number, ...] = Field(min_length=2)

    def extremes(self) -> tuple[int | float, ...]:
        """Every value, for none lies between others."""
        return self.choices


class Tuning(Section):
    """What `velo train --tune N` searches: numbers of `ranker`, or of `beside`, by name."""

    space: dict[str, SearchRange | Choices] = Field(
        {
            "learning_rate": SearchRange(low=0.02, high=0.15, log=True),
            "num_leaves": SearchRange(low=3, high=31, log=True),
            "min_data_in_leaf": SearchRange(low=20, high=1000, log=True),
            "min_sum_hessian_in_leaf": SearchRange(low=1, high=50, log=True),
            "lambda_l2": SearchRange(low=0.1, high=100, log=True),
            "feature_fraction": SearchRange(low=0.3, high=1),
        },
        description="name of the ranker's -> {low, high, log} or {choices}",
    )
    beside: dict[str, SearchRange | Choices] = Field(
        {
            "shrinkage": SearchRange(low=300, high=100_000, log=True),
            "price_exponent": SearchRange(low=0, high=0.9),
        },
        description="the same of the line beside the market, with that blend",
    )

    @model_validator(mode="after")
    def _possible(self) -> Tuning:
        """Every end and every choice is a value that the setting takes."""
        _refuse_impossible(self.space, "ranker", Ranker)
        _refuse_impossible(self.beside, "beside", Beside)
        return self


def _refuse_impossible(
    space: Mapping[str, SearchRange | Choices], section: str, model: type[Section]
) -> None:
    numbers = {n for n, field in model.model_fields.items() if field.annotation in (int, float)}
    searched = sorted(numbers - {"threads"})
    for name, dimension in space.items():
        if name not in searched:
            raise ValueError(
                f"{shortened(name)} cannot be searched; these can: {', '.join(searched)}"
            )
        for value in dimension.extremes():
            try:
                model.model_validate({name: value})
            except ValidationError as error:
                why = reason(error.errors()[0], model)
                raise ValueError(f"{section}.{name} {why}, not {value!r}") from None

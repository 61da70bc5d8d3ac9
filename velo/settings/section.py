"""A group of settings, and the kinds of number in one.

Every number has both bounds: a value far beyond reason would only break something later, in words
that do not name the setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler

LARGEST_SIZE = 10**18
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
_SIZE = re.compile(r"(\d{1,19}(?:\.\d{1,9})?)\s*(MB|GB|MiB|GiB)", re.ASCII)


def _size(text: str) -> str:
    written = _SIZE.fullmatch(text)
    if written is None:
        raise ValueError("must be a size such as 8GB, in MB, GB, MiB or GiB")
    if not 10**6 <= float(written[1]) * _UNITS[written[2]] <= LARGEST_SIZE:
        raise ValueError("must be a size from 1MB to 1000000000GB")
    return text


@dataclass(frozen=True)
class Unit:
    """What a number counts or is measured in; the JSON schema has it as `unit`."""

    name: str

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "unit": self.name}


Positive = Annotated[float, Field(ge=1e-9, le=1e9)]
Finite = Annotated[float, Field(ge=-1e6, le=1e6)]
Share = Annotated[float, Field(ge=0, le=1), Unit("share, 0 to 1")]
Points = Annotated[float, Field(ge=0.001, le=1e9), Unit("points")]
Odds = Annotated[float, Field(gt=1, le=1e6), Unit("decimal odds")]
Seconds = Annotated[float, Field(ge=0.01, le=86_400), Unit("seconds")]
Days = Annotated[int, Field(ge=1, le=36_500), Unit("days")]
Count = Annotated[int, Field(ge=1, le=10**9)]
Races = Annotated[Count, Unit("races")]
Draws = Annotated[int, Field(ge=100, le=100_000), Unit("draws")]
Threads = Annotated[int, Field(ge=1, le=1024), Unit("threads")]
Size = Annotated[str, AfterValidator(_size), Unit("bytes, in MB, GB, MiB or GiB")]
PriceKind = Literal["sp", "bsp", "wap", "open", "morning", "breakfast", "evening"]


class Section(BaseModel):
    """A group of settings; an unknown name in it is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

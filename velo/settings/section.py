"""A group of settings, and the kinds of number in one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$")]
PriceKind = Literal["sp", "bsp", "wap", "open", "morning", "breakfast", "evening"]


class Section(BaseModel):
    """A group of settings; an unknown name in it is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True)

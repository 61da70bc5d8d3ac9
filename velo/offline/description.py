"""What a feature is, in words: the description and the tags of its `Field` in Feast's registry.

A declaration says it once. The null rates, the gate, the report, docs/features.md and Feast's own
UI read it from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIELD_WIDE = "field:"
"""Before a feature's name in the tags of a view that hands on what it needs of every runner."""


@dataclass(frozen=True)
class Description:
    """One feature's.

    Attributes:
        text: a sentence: what the value is.
        unit: of the value, in words.
        missing_when: pandas expression over the view's inputs, true where the feature has no value
            by nature. None: it always has one.
        cold_when: the same, true where nothing is known of the entity yet and a prior is served.
            None: never.
        needs: facts that some data have and others lack (`velo.offline.needs`). None: nothing.
    """

    text: str
    unit: str
    missing_when: str | None = None
    cold_when: str | None = None
    needs: str | None = None

    @classmethod
    def of(cls, field: Any) -> Description:
        """Read it off a `feast.Field`; what the field lacks is empty."""
        tags = field.tags
        return cls(
            field.description,
            tags.get("unit", ""),
            tags.get("missing_when"),
            tags.get("cold_when"),
            tags.get("needs"),
        )

    @property
    def lacking(self) -> str | None:
        """What every feature must say and this one does not, as a declaration would say it."""
        if not self.text.strip():
            return "Field(description=...)"
        return None if self.unit.strip() else 'Field(tags={"unit": ...})'


def described(fields: Any, tags: Mapping[str, str]) -> dict[str, Description]:
    """The features of a view, or of a part of it: each name with what it is.

    A view that declares features of whole races (tags `field:<name>`) has those, and its own fields
    are their ingredients.

    Args:
        fields: `feast.Field`s.
        tags: the view's.
    """
    whole = {
        key.removeprefix(FIELD_WIDE): json.loads(value)
        for key, value in tags.items()
        if key.startswith(FIELD_WIDE)
    }
    if not whole:
        return {field.name: Description.of(field) for field in fields}
    return {
        name: Description(
            about.get("description", ""),
            about.get("unit", ""),
            about.get("missing_when"),
            about.get("cold_when"),
            about.get("needs"),
        )
        for name, about in whole.items()
    }

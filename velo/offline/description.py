"""What a feature is, in words: the description and the tags of its `Field` in Feast's registry.

A declaration says it once. The null rates, the gate, the report, docs/features.md and Feast's own
UI read it from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
    """

    text: str
    unit: str
    missing_when: str | None = None
    cold_when: str | None = None

    @classmethod
    def of(cls, field: Any) -> Description:
        """Read it off a `feast.Field`; what the field lacks is empty."""
        tags = field.tags
        return cls(
            field.description,
            tags.get("unit", ""),
            tags.get("missing_when"),
            tags.get("cold_when"),
        )

    @property
    def lacking(self) -> str | None:
        """What every feature must say and this one does not, as a declaration would say it."""
        if not self.text.strip():
            return "Field(description=...)"
        return None if self.unit.strip() else 'Field(tags={"unit": ...})'

"""What the steps of the platform give back: a line, a table and plain JSON of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd


class Result(ABC):
    """A result that says itself in one line and is a table in a notebook."""

    columns: ClassVar[Sequence[str] | None] = None
    """Of the table, where it may have no rows to take them from."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """The outcome in one line."""

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """The result as a table: column -> value of each row."""

    def to_frame(self) -> pd.DataFrame:
        """The table as a data frame, made anew at each call."""
        import pandas as pd

        names = None if self.columns is None else list(self.columns)
        return pd.DataFrame(self.rows(), columns=names)

    def __repr__(self) -> str:
        """Its name and the outcome, however much it holds."""
        return f"<{type(self).__name__}: {self.summary}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the outcome above the table."""
        table: str = self.to_frame().to_html(max_rows=30, na_rep="", border=0, index=False)
        return f"<p>{escape(self.summary)}</p>{table}"

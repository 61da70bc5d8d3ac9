"""What a format-year is: its columns, each from columns of the raceform sheet by a spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from velo.synth.spelling import look_up

Container = Literal["flat", "prices", "json-results", "json-by-region", "json-racecards"]
_JOINT = "\x1f"


@dataclass(frozen=True)
class ColumnText:
    """A column's text from others: applied once to each distinct combination.

    Attributes:
        of: columns of the raceform sheet.
        write: their texts -> the format's text.
    """

    of: tuple[str, ...]
    write: Callable[..., str]

    def column(self, sheet: pa.Table) -> pa.Array:
        """One text a row."""
        texts = [sheet[name].combine_chunks() for name in self.of]
        joined = texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, _JOINT)
        coded = pc.dictionary_encode(joined)
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        written = [self.write(*text.split(_JOINT)) for text in coded.dictionary.to_pylist()]
        return look_up(written, coded.indices.to_numpy())


Source = str | ColumnText
"""A column of the sheet as it stands, or a spelling of some."""


@dataclass(frozen=True)
class Format:
    """A format-year.

    Attributes:
        name: what `velo synth --format` calls it.
        columns: header -> where its text comes from. An empty name writes nothing.
        blanks: columns of the raceform sheet that it does not tell, by the spelling of what is
            left; a column whose text it tells whole is not among them.
        container: how the rows are laid out in a file.
        quoted: whether the header's names stand in quotes.
        of_race: in JSON the columns that stand once a race.
        last_day: whether only the last day is written, as a card is.
    """

    name: str
    columns: Mapping[str, Source]
    blanks: Mapping[str, ColumnText]
    container: Container = "flat"
    quoted: bool = False
    of_race: frozenset[str] = frozenset()
    last_day: bool = False

    def table(self, sheet: pa.Table) -> pa.Table:
        """Rows of the raceform sheet in the format's columns, all text."""
        return pa.table({name: self._column(sheet, of) for name, of in self.columns.items()})

    def left(self, sheet: pa.Table) -> pa.Table:
        """The raceform sheet with what the format does not tell left blank."""
        for name, spelling in self.blanks.items():
            place = sheet.schema.get_field_index(name)
            sheet = sheet.set_column(place, name, spelling.column(sheet))
        return sheet

    @staticmethod
    def _column(sheet: pa.Table, of: Source) -> pa.Array:
        if isinstance(of, ColumnText):
            return of.column(sheet)
        if of:
            return sheet[of].combine_chunks()
        return pa.repeat(pa.scalar("", pa.string()), sheet.num_rows)


def blank(*names: str) -> dict[str, ColumnText]:
    """Columns of which nothing is left."""
    return {name: ColumnText((name,), lambda _: "") for name in names}

"""Features of many races on disk, as they were retrieved, and in memory as narrowly as they go.

The file has no name: its room is given back when nobody holds it any more, or when its process
ends, however it ends. What the views counted is never in it: that is looked at batch by batch.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import accumulate, pairwise
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from training.data.inputs import Inputs
from training.statistics.races import Races
from velo.disk.full_disk import room_on

ALL = slice(None)


class FeatureFile:
    """Whole races, one row a starter, in the order in which they were retrieved.

    Texts are pandas categories, dates have no zone, and every feature that is a number is
    float64, NaN where it is missing.

    Args:
        batches: of one schema, at least one, no race in two of them.
        folder: on whose disk the file lies.

    Raises:
        HomeError: the disk is full.
    """

    def __init__(self, batches: Iterable[pa.Table], folder: Path) -> None:
        """Write the batches."""
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed with its holder
        weakref.finalize(self, file.close)
        with room_on(folder, "the features were not retrieved"):
            _write(batches, file)
        texts = [each.name for each in pq.read_schema(file) if pa.types.is_string(each.type)]
        self._file = pq.ParquetFile(file, read_dictionary=texts)
        sizes = (
            self._file.metadata.row_group(number).num_rows
            for number in range(self._file.num_row_groups)
        )
        ends = [0, *accumulate(sizes)]
        self._spans = list(pairwise(ends))

    def __len__(self) -> int:
        """Rows."""
        return int(self._file.metadata.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._file.schema_arrow.names)

    def frame(self, names: Sequence[str], rows: slice = ALL) -> pd.DataFrame:
        """Some columns of some rows.

        Args:
            names: of columns, in the order that is wanted.
            rows: a slice without a step.
        """
        first, end, _ = rows.indices(len(self))
        groups = self._groups(first, end)
        table = self._file.read_row_groups(groups, columns=list(names)).select(list(names))
        before = self._spans[groups[0]][0] if groups else first
        return _in_pandas(table.slice(first - before, max(end - first, 0)))

    def batches(self, names: Sequence[str], rows: slice = ALL) -> Iterator[pd.DataFrame]:
        """The same a batch at a time; whole races, but for those that `rows` cut."""
        first, end, _ = rows.indices(len(self))
        for number in self._groups(first, end):
            own_first, own_end = self._spans[number]
            yield self.frame(names, slice(max(first, own_first), min(end, own_end)))

    def matrix(self, inputs: Inputs) -> npt.NDArray[np.float32]:
        """What a model sees of every row, [rows, columns of the inputs]."""
        matrix = np.empty((len(self), len(inputs.columns)), dtype=np.float32)
        first = 0
        for part in self.batches(("race_id", *inputs.features)):
            races = Races.of(part["race_id"].to_numpy())
            matrix[first : first + len(part)] = inputs.matrix(part, races)
            first += len(part)
        return matrix

    def _groups(self, first: int, end: int) -> list[int]:
        """The row groups that some of these rows lie in."""
        return [
            number
            for number, (own_first, own_end) in enumerate(self._spans)
            if own_first < end and first < own_end
        ]


def _write(batches: Iterable[pa.Table], file: IO[bytes]) -> None:
    """A row group a batch; a file that could not be written is closed."""
    try:
        with ExitStack() as closing:
            writer: pq.ParquetWriter | None = None
            for batch in batches:
                rows = batch.replace_schema_metadata()
                if writer is None:
                    writer = pq.ParquetWriter(file, rows.schema, compression="zstd")
                    closing.enter_context(writer)
                writer.write_table(rows, row_group_size=max(len(rows), 1))
        file.flush()
    except BaseException:
        with suppress(OSError):  # what is buffered finds no room now either
            file.close()
        raise


def _in_pandas(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.unify_dictionaries().to_pandas()
    for name, kind in frame.dtypes.items():
        if isinstance(kind, pd.CategoricalDtype):
            frame[name] = frame[name].cat.reorder_categories(sorted(kind.categories))
    return frame

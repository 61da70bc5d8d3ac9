"""Frames as the files that the readers take: what is accepted of a file is accepted of a frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from velo.errors import InputError
from velo.home import Home
from velo.warehouse.deliveries import Delivery, own_folder

Source = Any
"""A path, a pattern, several of them, or a frame: pandas, pyarrow, or any with an Arrow stream."""


@contextmanager
def deliveries(home: Home, source: Source, name: str) -> Iterator[list[str | Path | Delivery]]:
    """A source as what `velo.warehouse.deliveries.expand` takes, for as long as the block lasts.

    Args:
        home: in whose spill folder a frame is written.
        source: see `Source`.
        name: what a frame is called in the warehouse.

    Raises:
        InputError: the source is neither, or the frame holds what no file can.
    """
    if _is_path(source):
        yield [source]
    elif _is_frame(source):
        with csv_file(home, source) as path:
            yield [Delivery(name, path)]
    elif isinstance(source, Sequence) and all(map(_is_path, source)):
        yield list(source)
    else:
        raise InputError(
            f"{type(source).__name__} cannot be read: give paths, or a pandas or pyarrow frame"
        )


@contextmanager
def file_of(home: Home, source: Source | None) -> Iterator[Path | None]:
    """A path as it is, a frame as a file for as long as the block lasts; None stays None.

    Raises:
        As `deliveries`.
    """
    if source is None or _is_path(source):
        yield None if source is None else Path(source)
    elif _is_frame(source):
        with csv_file(home, source) as path:
            yield path
    else:
        raise InputError(
            f"{type(source).__name__} cannot be read: give a path, or a pandas or pyarrow frame"
        )


@contextmanager
def csv_file(home: Home, frame: Any) -> Iterator[Path]:
    """A frame as a CSV file in the home's spill folder, removed with the block."""
    table = _plain(frame)
    with own_folder(home) as folder:
        path = folder / "frame.csv"
        try:
            pc.write_csv(table, path)
        except pa.ArrowInvalid as error:
            raise InputError(f"the frame cannot be written as CSV: {error}") from None
        yield path


def _plain(frame: Any) -> pa.Table:
    """Its columns as CSV writes them back as they were meant.

    A column of whole numbers that pandas made floats for want of one is of whole numbers, a column
    of midnights is of days, and cells of several types are texts.
    """
    if isinstance(frame, pa.Table):
        frame = frame.to_pandas(types_mapper=pd.ArrowDtype)
    elif not isinstance(frame, pd.DataFrame):
        frame = pa.table(frame).to_pandas(types_mapper=pd.ArrowDtype)
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        raise InputError("the frame has two columns of one name: rename one")
    columns = {name: _plain_column(frame.iloc[:, i]) for i, name in enumerate(names)}
    return pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)


def _plain_column(column: pd.Series) -> pd.Series:
    column = column.reset_index(drop=True)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    column = column.convert_dtypes(dtype_backend="pyarrow")
    kind = column.dtype.pyarrow_dtype if isinstance(column.dtype, pd.ArrowDtype) else None
    if kind is not None and pa.types.is_timestamp(kind):
        known = column.dropna()
        if bool((known == known.dt.normalize()).all()):
            return column.astype(pd.ArrowDtype(pa.date32()))
    if kind is None:
        return column.map(str, na_action="ignore").astype(pd.ArrowDtype(pa.string()))
    return column


def _is_path(source: Any) -> bool:
    return isinstance(source, str | os.PathLike)


def _is_frame(source: Any) -> bool:
    return isinstance(source, pd.DataFrame) or hasattr(source, "__arrow_c_stream__")

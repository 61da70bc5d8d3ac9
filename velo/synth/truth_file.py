"""Reading a world's true chances under the warehouse's keys."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from velo.errors import InputError
from velo.racing.courses import course, course_key
from velo.racing.names import stable_id
from velo.racing.off_time import clock_of, off_time

COLUMNS = ("date", "course", "off", "horse", "p_true")


def read_truth(path: Path) -> pd.DataFrame:
    """The true win probabilities of a synthetic world.

    Returns:
        `race_id` as the warehouse makes it, `horse` as written, `p_true`.

    Raises:
        InputError: the file is not a world's truth.
    """
    try:
        truth = pd.read_parquet(path, columns=list(COLUMNS))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no world's truth file: {str(error).splitlines()[0]}") from None
    truth["date"] = pd.to_datetime(truth["date"]).dt.date
    clock = clock_of(truth["off"].unique())
    keys = truth[["date", "course", "off"]].drop_duplicates()
    keys["race_id"] = [
        _race_id(day, where, off, clock)
        for day, where, off in keys.itertuples(index=False, name=None)
    ]
    return truth.merge(keys, on=["date", "course", "off"])[["race_id", "horse", "p_true"]]


def _race_id(day: object, where: str, off: str, clock: int) -> int:
    found = course(where)
    if found is None:
        raise InputError(f"the truth file names no course: {where!r}")
    time = off_time(off, 24 if clock == 24 else 12, found.country)
    mark = off if time is None else time.strftime("%H:%M")
    return stable_id("race", day, stable_id("course", course_key(found)), mark)

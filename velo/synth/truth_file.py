"""Reading a world's true chances under the warehouse's keys."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from velo.disk.plain_file import require_plain
from velo.errors import InputError
from velo.racing.courses import course, course_key
from velo.racing.meeting import read_meeting
from velo.racing.names import stable_id
from velo.racing.off_time import off_time
from velo.racing.venue import venue

COLUMNS = ("date", "course", "off", "horse", "p_true")


def read_truth(path: Path) -> pd.DataFrame:
    """The true win probabilities of a synthetic world.

    Returns:
        `race_id` as the warehouse makes it, `horse` as written, `p_true`.

    Raises:
        InputError: the file is not a world's truth.
    """
    require_plain(path)
    try:
        truth = pd.read_parquet(path, columns=list(COLUMNS))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no world's truth file: {str(error).splitlines()[0]}") from None
    truth["date"] = pd.to_datetime(truth["date"]).dt.date
    keys = truth[["date", "course", "off"]].drop_duplicates()
    meetings: dict[tuple[date, str], list[str]] = {}
    for day, where, off in keys.itertuples(index=False, name=None):
        meetings.setdefault((day, where), []).append(off)
    ids = {
        (day, where, off): race_id
        for (day, where), offs in meetings.items()
        for off, race_id in zip(offs, _race_ids(day, where, offs), strict=True)
    }
    keys["race_id"] = [ids[key] for key in keys.itertuples(index=False, name=None)]
    return truth.merge(keys, on=["date", "course", "off"])[["race_id", "horse", "p_true"]]


def _race_ids(day: date, where: str, offs: list[str]) -> list[int]:
    """Of the races of one meeting."""
    racecourse = course(where)
    if racecourse is None:
        raise InputError(f"the truth file names no course: {where!r}")
    times = [off_time(off) for off in offs]
    if None in times:
        raise InputError(f"the truth file has an off that is no time: {offs[times.index(None)]!r}")
    read = read_meeting(
        day, [time for time in times if time], venue(racecourse.name, racecourse.country or "GB")
    )
    course_id = stable_id("course", course_key(racecourse))
    return [
        stable_id("race", day, course_id, off if time is None else time.hh_mm)
        for off, time in zip(offs, read, strict=True)
    ]

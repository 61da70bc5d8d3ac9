"""The successions of a version: each time that `velo promote` let it become champion.

A succession is written before the champion's alias moves. If a promotion is killed, what was
judged and why an alarm was passed over are known all the same. It lies with the version's own run,
as `successions.json`; successions are added and never taken back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from training.record.registry import Registered
from velo.disk.whole_file import write_whole
from velo.errors import ModelError

PROMOTED, RESTORED = "promoted", "restored"
FILE = "successions.json"
OUTCOME = "velo.promotion"
"""Tag of a version: its last outcome and the day."""
DESPITE = "velo.despite_alarm"
"""Tag of a version: why it was promoted although an alarm rang."""
WHOLE = "promotion.json"
"""Of the run that was judged: its last promotion. Earlier versions of VÉLØ kept only this."""
EARLIER = (PROMOTED, RESTORED, "rolled back")
"""How the tag of a version begins that an earlier version of VÉLØ made champion."""


@dataclass(frozen=True)
class Succession:
    """One time that a version was to become champion.

    Attributes:
        version: its number; versions may share a run.
        outcome: `promoted`, or `restored` by a rollback.
        judged: the version whose verdict counted.
        at: ISO 8601, in UTC.
        despite_alarm: the answer to the leak alarm, if one rang.
    """

    version: str
    outcome: str
    judged: str
    at: str
    despite_alarm: str | None = None


def write_succession(
    registered: Registered, outcome: str, judged: str, despite_alarm: str | None = None
) -> None:
    """Write onto the disk that a registered version is about to become champion.

    Raises:
        ModelError: its earlier successions cannot be read.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    new = Succession(str(registered.version), outcome, judged, now, despite_alarm)
    whole = [asdict(each) for each in (*_read(_path(registered)), new)]
    write_whole(_path(registered), json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def successions(registered: Registered) -> list[Succession]:
    """The successions of a registered version, the first first.

    Raises:
        ModelError: they cannot be read.
    """
    return [each for each in _read(_path(registered)) if each.version == registered.version]


def was_promoted(registered: Registered, judged: Registered) -> bool:
    """Whether `velo promote` let a version become champion, this version of it or an earlier one.

    Args:
        registered: the version.
        judged: the one whose verdict counts for it: itself, or the one that it is a refit of.

    Raises:
        ModelError: its successions cannot be read.
    """
    if successions(registered):
        return True
    tags = registered.tags
    is_tagged = tags.get(OUTCOME, "").startswith(EARLIER) or DESPITE in tags
    return is_tagged and _path(judged).with_name(WHOLE).is_file()


def answer_to_alarm(registered: Registered) -> str | None:
    """Why a version last became champion although an alarm rang; None if none did.

    Raises:
        ModelError: its successions cannot be read.
    """
    own = successions(registered)
    return own[-1].despite_alarm if own else registered.tags.get(DESPITE)


def _path(registered: Registered) -> Path:
    return registered.folder.parent / FILE


def _read(path: Path) -> list[Succession]:
    try:
        return [Succession(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        raise ModelError(
            f"{path} is not what `velo promote` wrote; restore it from a backup"
        ) from None

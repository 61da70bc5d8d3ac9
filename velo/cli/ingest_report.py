"""What `velo ingest` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from velo.cli import console

if TYPE_CHECKING:
    from velo.warehouse.batches import Batch, BatchEntry
    from velo.warehouse.recheck import Recheck
    from velo.warehouse.undo import Undone


def show_batches(batches: Sequence[Batch], as_json: bool, error: str | None, dry: bool) -> None:
    """What was loaded, also where an error ended the command; the error itself comes after."""
    from velo.warehouse.batches import short_name

    if as_json:
        failed = {} if error is None else {"error": error}
        tried = {"dry_run": True} if dry else {}
        console.emit_json({"files": [batch.to_dict() for batch in batches]} | tried | failed)
        return
    if not batches:
        return
    console.table(
        "Dry run: nothing was kept" if dry else "Ingested",
        [
            "batch",
            "file",
            "format",
            "read",
            "accepted",
            "updated",
            "unchanged",
            "quarantined",
            "unread",
            "s",
        ],
        [
            [
                None if dry else batch.batch_id,
                short_name(batch.file),
                batch.format,
                batch.rows_read,
                batch.accepted,
                batch.updated,
                batch.unchanged,
                batch.quarantined,
                sum(each.cells for each in batch.unread),
                batch.seconds,
            ]
            for batch in batches
        ],
    )
    for batch in batches:
        for remark in batch.remarks():
            console.say(remark)
    unmatched = sum(batch.unmatched for batch in batches)
    if unmatched:
        console.say(f"{unmatched:,} price rows wait for their runners")
    refused = sum(batch.quarantined for batch in batches)
    if refused:
        where = "" if dry else "; `velo quarantine` says why"
        console.say(f"{refused:,} rows were refused{where}")


def show_unmerged(inference_id: int, batch_id: int, as_json: bool) -> None:
    """Which conclusion was undone, and by which batch."""
    if as_json:
        console.emit_json({"batch_id": batch_id, "undoes": inference_id})
        return
    console.say(f"conclusion {inference_id} was undone by batch {batch_id}; run `velo build`")


def show_undone(done: Undone, as_json: bool) -> None:
    """What was undone."""
    if as_json:
        console.emit_json(done.to_dict())
        return
    console.say(
        f"batch {done.undone} ({done.file}) was undone: it had {len(done.race_ids):,} races, and "
        f"{done.gone:,} of them are gone; run `velo build`"
    )


def show_recheck(done: Recheck, as_json: bool) -> None:
    """What was mended, and which files to ingest again."""
    if as_json:
        console.emit_json(done.to_dict())
        return
    for kind, count in done.mended.items():
        console.say(f"{kind}: {count:,} repaired" if count else f"{kind}: nothing to repair")
    if not done.outdated:
        console.say("every file was read by the present version of its reader")
        return
    console.table(
        "Read by an earlier version of the reader: ingest again",
        ["batch", "file", "format", "version", "now", "still there"],
        [
            [
                each.batch_id,
                each.file,
                each.format,
                each.reader_version,
                each.version,
                each.is_there,
            ]
            for each in done.outdated
        ],
    )


def show_entries(entries: Sequence[BatchEntry], as_json: bool) -> None:
    """The latest batches."""
    from velo.warehouse.batches import short_name

    if as_json:
        console.emit_json({"batches": [entry.to_dict() for entry in entries]})
        return
    console.table(
        "Batches, the newest first",
        [
            "batch",
            "kind",
            "file",
            "format",
            "read",
            "accepted",
            "updated",
            "unchanged",
            "quarantined",
            "finished",
            "undone by",
        ],
        [
            [
                entry.batch_id,
                entry.kind if entry.undoes is None else f"{entry.kind} of {entry.undoes}",
                short_name(entry.file),
                entry.format,
                entry.rows_read,
                entry.accepted,
                entry.updated,
                entry.unchanged,
                entry.quarantined,
                f"{entry.finished:%Y-%m-%d %H:%M}",
                entry.undone_by,
            ]
            for entry in entries
        ],
    )

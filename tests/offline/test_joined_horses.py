"""A horse or race that is joined, and parted again: every build sees it, each at its time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.offline.built_world import SETTINGS, build_tables
from tests.offline.test_renewal import as_from_nothing
from tests.warehouse.bare_files import old_file, slug_file
from tests.warehouse.raceform_file import ask, file_of, row
from velo.home import Home
from velo.offline import build as building
from velo.offline.build import Build
from velo.warehouse.ingest import ingest
from velo.warehouse.unmerge import unmerge

MAY, JUNE, JULY = date(2018, 5, 5), date(2018, 6, 2), date(2018, 9, 2)


@pytest.fixture
def any_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many races changed, the earlier build is built on."""
    monkeypatch.setattr(building, "CHANGED_SHARE", 1.0)


def load_at_noon(home: Home, day: date, path: Path) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    ingest(home, SETTINGS.store, path, clock=lambda: noon)


def with_a_suffix(folder: Path, trainer: str = "B Trainer") -> Path:
    names = ("Alder Bough (IRE)", "Hazel Dene (GB)", "Oak Tree (FR)")
    return file_of(
        folder,
        [
            row(
                name,
                str(place),
                num=str(place),
                date=str(MAY),
                course="Newbury",
                age="3",
                trainer=trainer if place == 1 else f"T{place}",
            )
            for place, name in enumerate(names, 1)
        ],
    )


def june(folder: Path) -> Path:
    return old_file(folder, ["Alder Bough", "Elm Grove"], "june.csv")


def july(folder: Path) -> Path:
    """The evidence: Alder Bough is with the trainer of May again."""
    return old_file(
        folder, ["Alder Bough", "Fir Cone"], "july.csv", date="02 Jul 2018", trainer="B Trainer"
    )


@pytest.mark.slow
def test_builds_after_a_join_and_its_taking_back_are_as_from_nothing(
    home: Home, tmp_path: Path, any_share: None
) -> None:
    load_at_noon(home, MAY, with_a_suffix(tmp_path))
    load_at_noon(home, JUNE, june(tmp_path))
    first = build_tables(home)
    load_at_noon(home, JULY, july(tmp_path))
    assert ask(home, "SELECT count(*) FROM aliases") == [(1,)]
    joined = build_tables(home)
    assert joined.built_on == first.number
    assert as_from_nothing(home, joined) == []
    ((number,),) = ask(home, "SELECT inference_id FROM inferences WHERE kind = 'horse'")
    unmerge(home, SETTINGS.store, number)
    parted = build_tables(home)
    assert parted.built_on == joined.number + 1
    assert parted.changed_races == 2
    assert as_from_nothing(home, parted) == []


@pytest.mark.slow
def test_builds_after_two_races_became_one_are_as_from_nothing(
    home: Home, tmp_path: Path, any_share: None
) -> None:
    names = ("Cedar Lane (IRE)", "Damson Row (GB)", "Elder Field (IRE)")
    load_at_noon(home, MAY, with_a_suffix(tmp_path))
    load_at_noon(home, JUNE, slug_file(tmp_path, names, Date="2018-06-01"))
    first = build_tables(home)
    load_at_noon(
        home,
        JULY,
        file_of(
            tmp_path,
            [
                row(
                    name,
                    str(place),
                    num=str(place),
                    date="2018-06-01",
                    course="Leopardstown (IRE)",
                    off="3:10",
                )
                for place, name in enumerate(names, 1)
            ],
            "irish.csv",
        ),
    )
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]
    joined = build_tables(home)
    assert joined.built_on == first.number
    assert as_from_nothing(home, joined) == []
    ((number,),) = ask(home, "SELECT inference_id FROM inferences WHERE kind = 'race'")
    unmerge(home, SETTINGS.store, number)
    parted = build_tables(home)
    assert (parted.built_on, parted.starts) == (joined.number + 1, 9)
    assert as_from_nothing(home, parted) == []


def careers(built: Build, until: date) -> list[int]:
    """How many rows of form each horse has up to a morning, the most first."""
    files = f"{built.folder}/horse_form/**/*.parquet"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return [
            n
            for (n,) in con.execute(
                "SELECT count(*) AS n FROM read_parquet($files) WHERE event_timestamp <= $day "
                "AND percentile_1 IS NOT NULL GROUP BY horse_id ORDER BY n DESC",
                {"files": files, "day": datetime(until.year, until.month, until.day, tzinfo=UTC)},
            ).fetchall()
        ]


def test_as_known_a_join_counts_from_the_day_after_its_import(home: Home, tmp_path: Path) -> None:
    load_at_noon(home, MAY, with_a_suffix(tmp_path))
    load_at_noon(home, JUNE, june(tmp_path))
    load_at_noon(home, JULY, july(tmp_path))
    assert careers(build_tables(home), JULY) == [3, 1, 1, 1, 1]
    known = build_tables(home, as_known=True)
    assert careers(known, date(2018, 7, 1)) == [1] * 5
    assert known.starts == 7
    after = careers(known, JULY + timedelta(2))
    assert max(after) > 1

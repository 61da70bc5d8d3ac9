"""Right tables pass every proof; each kind of wrong one is caught, and by whom."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.audit.audited_world import AUDITED, audited, caught
from tests.offline.built_world import SETTINGS, Applied, LittleWorld, build_tables
from velo.audit.audit import audit
from velo.audit.differences import PROOFS, Audit
from velo.audit.feature_differences import compare_features
from velo.audit.retrieval import Retrieval
from velo.errors import HomeError
from velo.offline.spine import Spine
from velo.offline.tables import FEATURE_REPO
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clean(recorded: Applied) -> Audit:
    return audited(recorded)


def test_the_tables_as_they_are_pass_every_proof(clean: Audit) -> None:
    assert clean.passed
    assert clean.differences == []
    assert {each.proof for each in clean.compared} == set(PROOFS)


def test_every_view_is_cut_poisoned_and_shuffled_and_every_family_retrieved(clean: Audit) -> None:
    views = {each.view for each in clean.compared if each.proof == "cut"}
    tables = {path.stem for path in (FEATURE_REPO / "tables").glob("*.sql")}
    assert views == tables | {"entries"}
    families = {each.view for each in clean.compared if each.proof == "brute force"}
    assert families == {"velocity", "class_layoff", "bias", "form"}
    assert all(each.rows > 100 for each in clean.compared if each.proof in PROOFS[:3])


def test_brute_force_looks_at_every_starter_of_its_races(
    clean: Audit, little_world: LittleWorld
) -> None:
    rows = {each.rows for each in clean.compared if each.proof == "brute force"}
    assert rows == {len(little_world.features)}


def test_races_that_take_their_level_from_the_winners_prize_are_counted(
    clean: Audit, little_world: LittleWorld
) -> None:
    """The world declares no prize: all are what the winner won."""
    races = {s.race_id: s for s in little_world.starts}.values()
    undeclared = [race for race in races if race.race_level is None and race.prize is not None]
    assert 0 < len(undeclared) < len(races)
    (note,) = [note for note in clean.notes if "taken for the advertised prize" in note]
    assert note.startswith(f"{len(undeclared):,} of {len(races):,} races declare neither")


def test_the_home_is_left_as_it_was(recorded: Applied, clean: Audit) -> None:
    build_tables(recorded.home)
    before = {path for path in recorded.home.root.rglob("*") if path.is_file()}
    assert audit(recorded.home, AUDITED, sample=5).passed
    assert {path for path in recorded.home.root.rglob("*") if path.is_file()} == before


def test_ratings_pass_every_proof_too(recorded: Applied) -> None:
    """Online and by brute force as well: they are in a service of their own."""
    build_tables(recorded.home)
    training = AUDITED.training.model_copy(update={"service": "velo_ratings_v1"})
    of_ratings = audit(recorded.home, AUDITED.model_copy(update={"training": training}), sample=400)
    assert of_ratings.differences == []
    assert of_ratings.passed
    families = {each.view for each in of_ratings.compared if each.proof == "brute force"}
    assert families == {"horse_parts", "ratings", "new_people"}
    assert not any("no brute force" in note for note in of_ratings.notes)


MUTATIONS: Mapping[str, tuple[str, str, str, dict[str, set[str]]]] = {
    "today's results are known today": (
        "base/starts.sql",
        "field.date + INTERVAL '1' DAY",
        "field.date + INTERVAL '0' DAY",
        {
            "cut": {"trainer_form", "jockey_form", "horse_form", "draw_cell", "horse_last_start"},
            "poison": {"trainer_form", "jockey_form", "horse_form"},
            "shuffle": {"trainer_form", "jockey_form", "horse_form"},
            "brute force": {"velocity", "class_layoff", "bias", "form"},
        },
    ),
    "today's own race in a rating": (
        "ratings_rank.py",
        "trainer_id, known, nth_of_day",
        "trainer_id, date AS known, nth_of_day",
        {
            "cut": {"jockey_ratings"},
            "poison": {"jockey_ratings"},
            "shuffle": {"jockey_ratings"},
        },
    ),
    "a horse's ratings known on the day that it ran": (
        "horse_ratings.sql",
        "CAST(ratings_rank.known AS TIMESTAMPTZ)",
        "CAST(ratings_rank.known - INTERVAL '1' DAY AS TIMESTAMPTZ)",
        {"cut": {"horse_ratings"}, "poison": {"horse_ratings"}, "shuffle": {"horse_ratings"}},
    ),
    "a prize ladder with today's prizes on it": (
        "base/race_levels.sql",
        "AND INTERVAL '1' DAY PRECEDING",
        "AND CURRENT ROW",
        {"brute force": {"class_layoff"}},
    ),
    "a prize ladder that looks a year ahead": (
        "base/race_levels.sql",
        "AND INTERVAL '1' DAY PRECEDING",
        "AND INTERVAL '365' DAY FOLLOWING",
        {"cut": {"entries"}, "poison": {"entries"}, "brute force": {"class_layoff"}},
    ),
    "a window one day too wide": (
        "fragments/wins_and_starts.sql",
        "(14 - 1)",
        "(14 - 0)",
        {"brute force": {"velocity"}},
    ),
    "a draw cell over all time": (
        "draw_course.sql",
        "PARTITION BY course_id, draw_third ORDER BY known ROWS UNBOUNDED PRECEDING",
        "PARTITION BY course_id, draw_third",
        {"cut": {"draw_course"}, "poison": {"draw_course"}, "brute force": {"bias"}},
    ),
    "a rating that was earned in the race": (
        "spine/entries.sql",
        "field.official_rating,",
        "coalesce(field.rpr, field.official_rating) AS official_rating,",
        {
            "cut": {"entries"},
            "poison": {"entries"},
            "shuffle": {"entries"},
            "brute force": {"class_layoff"},
        },
    ),
    "an early position of the race itself": (
        "spine/entries.sql",
        "field.official_rating,",
        "coalesce((SELECT 100 * results.early_position FROM results WHERE results.race_id = "
        "field.race_id AND results.horse_id = field.horse_id), field.official_rating) "
        "AS official_rating,",
        {
            "cut": {"entries"},
            "poison": {"entries"},
            "shuffle": {"entries"},
            "brute force": {"class_layoff"},
        },
    ),
}


@pytest.mark.parametrize("mistake", MUTATIONS)
def test_the_audit_catches(mistake: str, recorded: Applied, tmp_path: Path) -> None:
    file, right, wrong, expected = MUTATIONS[mistake]
    repo = Path(shutil.copytree(FEATURE_REPO, tmp_path / "feature_repo"))
    sql = repo / "tables" / file
    text = sql.read_text(encoding="utf-8")
    assert right in text
    sql.write_text(text.replace(right, wrong), encoding="utf-8")
    audit = audited(recorded, repo)
    assert not audit.passed
    views = caught(audit)
    for proof, moved in expected.items():
        assert moved <= views.get(proof, set()), (proof, views)
    if mistake == "a window one day too wide":
        assert set(views) == {"brute force"}


def test_a_difference_names_race_horse_feature_and_both_values(
    recorded: Applied, little_world: LittleWorld, tmp_path: Path
) -> None:
    repo = Path(shutil.copytree(FEATURE_REPO, tmp_path / "feature_repo"))
    sql = repo / "tables" / "draw_course.sql"
    text = sql.read_text(encoding="utf-8")
    sql.write_text(text.replace("ORDER BY known ROWS UNBOUNDED PRECEDING", ""), encoding="utf-8")
    audit = audited(recorded, repo)
    horses = {s.horse for s in little_world.starts}
    cut = [each for each in audit.differences if each.proof == "cut"]
    assert cut
    for each in cut:
        assert each.view == "draw_course"
        assert each.horse in horses
        assert each.date <= audit.days[0]
        assert each.feature in ("draw_course_wins", "draw_course_expected")
        assert each.expected != each.actual


def test_a_store_of_another_morning_is_caught_online(recorded: Applied, tmp_path: Path) -> None:
    build_tables(recorded.home)
    day = Spine(recorded.home).last_day
    retrieval = Retrieval(recorded.home, AUDITED, FEATURE_REPO, tmp_path)
    where = f"event_timestamp = TIMESTAMPTZ '{day} 00:00:00+00'"
    runners = retrieval.offline(where)
    retrieval.bring(day - timedelta(200))
    comparisons = compare_features(
        runners,
        retrieval.online(where),
        runners,
        retrieval.declared.families,
        "online",
        "stale",
        1e-12,
    )
    assert {each.view for each in comparisons if each.differing} >= {"velocity", "form"}


def test_a_build_that_is_older_than_the_last_import_is_not_audited(recorded: Applied) -> None:
    build_tables(recorded.home)
    with warehouse(recorded.home, SETTINGS.store, write=True) as con:
        con.execute(
            "INSERT INTO import_batches (batch_id, file, sha256, format, rows_read, accepted, "
            "updated, unchanged, quarantined, unmatched, started, finished, code_version) VALUES "
            "(1, 'x.csv', 'x', 'raceform', 0, 0, 0, 0, 0, 0, now(), now(), '1')"
        )
    try:
        with pytest.raises(HomeError, match="run `velo build` first"):
            audit(recorded.home, AUDITED)
    finally:
        with warehouse(recorded.home, SETTINGS.store, write=True) as con:
            con.execute("DELETE FROM import_batches")

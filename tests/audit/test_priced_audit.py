"""The proofs on a world with prices, early positions, rails and gear: families 5 to 8."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.audit.audited_world import AUDITED, EVERY_RACE, caught
from tests.offline.built_world import SETTINGS, Applied, build_tables
from tests.offline.priced_world import record_priced
from tests.oracle.random_world import random_starts
from velo.audit.audit import audit
from velo.audit.differences import Audit
from velo.offline.tables import FEATURE_REPO
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow

SERVICE = "velo_v1_2_0"
GEAR = (None, None, "B1", "B/TT", "TT1/B-", "XB2", "tp")


@pytest.fixture(scope="module")
def priced(applied: Applied) -> Iterator[Applied]:
    """Three years of results in which everything that families 5 to 8 read is known of most."""
    rng = random.Random(11)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(applied.home.root))
        record_priced(applied.home, random_starts(seed=12, races=170, horses=26))
        with warehouse(applied.home, SETTINGS.store, write=True) as con:
            for race, horse in con.execute("SELECT race_id, horse_id FROM runners").fetchall():
                con.execute(
                    "UPDATE runners SET headgear = ? WHERE race_id = ? AND horse_id = ?",
                    [rng.choice(GEAR), race, horse],
                )
            for (race,) in con.execute("SELECT race_id FROM races").fetchall():
                con.execute(
                    "UPDATE races SET rail = ? WHERE race_id = ?", [rng.choice((None, "A")), race]
                )
        yield applied


def audit_of(applied: Applied, repo: Path = FEATURE_REPO, sample: int = EVERY_RACE) -> Audit:
    """Build with a feature repo, and audit that build."""
    build_tables(applied.home, repo)
    training = AUDITED.training.model_copy(update={"service": SERVICE})
    settings = AUDITED.model_copy(update={"training": training})
    return audit(applied.home, settings, cuts=1, seed=5, sample=sample, repo=repo)


def test_all_42_features_pass_every_proof(priced: Applied) -> None:
    whole = audit_of(priced)
    assert whole.differences == []
    assert whole.passed
    judged = {each.view for each in whole.compared if each.proof == "brute force"}
    assert {"pace", "stalls", "style", "against_price", "riders", "new_people"} <= judged
    assert not any("no brute force" in note for note in whole.notes)


MUTATIONS: Mapping[str, tuple[str, str, str, dict[str, set[str]]]] = {
    "coefficients of pace that saw their own year": (
        "base/early_coefficients.sql",
        "lag(c_1) OVER year AS c_1",
        "c_1 AS c_1",
        {"cut": {"early_curve"}, "brute force": {"pace"}},
    ),
    "a curve of prices that saw its own year": (
        "base/price_curve.sql",
        "AND 1 PRECEDING",
        "AND CURRENT ROW",
        {"cut": {"trainer_price"}, "brute force": {"against_price"}},
    ),
    "a decayed sum that counts its own day": (
        "fragments/against_price.sql",
        "CAST(days.known AS TIMESTAMPTZ)",
        "CAST(days.known - INTERVAL '1' DAY AS TIMESTAMPTZ)",
        {"cut": {"jockey_price"}, "poison": {"jockey_price"}, "brute force": {"against_price"}},
    ),
    "today's early position in the horse's style": (
        "horse_runs.sql",
        "CAST(known AS TIMESTAMPTZ)",
        "CAST(known - INTERVAL '1' DAY AS TIMESTAMPTZ)",
        {"cut": {"horse_runs"}, "poison": {"horse_runs"}, "shuffle": {"horse_runs"}},
    ),
    "a jockey's style that knows today's rides": (
        "fragments/early_style.sql",
        "CAST(known AS TIMESTAMPTZ)",
        "CAST(known - INTERVAL '1' DAY AS TIMESTAMPTZ)",
        {"cut": {"jockey_style"}, "poison": {"jockey_style"}, "shuffle": {"jockey_style"}},
    ),
    "a forecast that knows where the horse lay": (
        "base/run_pace.sql",
        "early_coefficients.c_1 * early_inputs.x_1",
        "early_coefficients.c_1 * early_inputs.early",
        {"brute force": {"pace"}},
    ),
    "what the stalls did today": (
        "rail_draw_cell.sql",
        "CAST(known AS TIMESTAMPTZ)",
        "CAST(known - INTERVAL '1' DAY AS TIMESTAMPTZ)",
        {"cut": {"rail_draw_cell"}, "poison": {"rail_draw_cell"}, "brute force": {"stalls"}},
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_leak_is_caught(priced: Applied, tmp_path: Path, mutation: str) -> None:
    file, honest, leaking, views = MUTATIONS[mutation]
    repo = Path(shutil.copytree(FEATURE_REPO, tmp_path / "repo"))
    path = repo / "tables" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(honest) >= 1
    path.write_text(text.replace(honest, leaking), encoding="utf-8")
    differing = caught(audit_of(priced, repo))
    for proof, expected in views.items():
        assert expected <= differing.get(proof, set()), (proof, differing)

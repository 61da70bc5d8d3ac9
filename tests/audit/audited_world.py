"""The oracle's little world, audited."""

from __future__ import annotations

from pathlib import Path

from tests.offline.built_world import SETTINGS, Applied, build_tables, oracle_priors
from velo.audit.audit import audit
from velo.audit.differences import Audit
from velo.offline.tables import FEATURE_REPO

AUDITED = SETTINGS.model_copy(update={"priors": oracle_priors()})
EVERY_RACE = 400


def audited(applied: Applied, repo: Path = FEATURE_REPO, seed: int = 3) -> Audit:
    """Build with a feature repo and audit that build, every race by brute force."""
    build_tables(applied.home, repo)
    return audit(applied.home, AUDITED, cuts=1, seed=seed, sample=EVERY_RACE, repo=repo)


def caught(audit: Audit) -> dict[str, set[str]]:
    """Proof -> the views in which it found a difference."""
    views: dict[str, set[str]] = {}
    for each in audit.compared:
        if each.differing:
            views.setdefault(each.proof, set()).add(each.view)
    return views

"""`feast apply` from within: the feature repo's declarations into the home's registry."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

from velo.home import Home
from velo.offline.bare_imports import imported_afresh
from velo.settings import feature_repo
from velo.store.online.store import place_in


def apply(repo: Path | None = None) -> None:
    """Register every entity, view and service of a feature repo; the same as `feast apply`.

    Args:
        repo: the feature repo's folder; by default the one in force.
    """
    from feast.repo_config import load_repo_config
    from feast.repo_operations import apply_total, cli_check_repo

    repo = feature_repo() if repo is None else repo
    home, settings = Home.current(), repo / "feature_store.yaml"
    with (
        imported_afresh(repo),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        cli_check_repo(repo, settings)
        config = load_repo_config(repo, settings)
        place_in(config, home)
        apply_total(config, repo, skip_source_validation=False)

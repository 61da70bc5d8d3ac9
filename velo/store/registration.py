"""`feast apply` from within: the feature repo's declarations into the home's registry."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from pathlib import Path

from velo.offline.tables import FEATURE_REPO


def apply(repo: Path = FEATURE_REPO) -> None:
    """Register every entity, view and service of a feature repo; the same as `feast apply`.

    Args:
        repo: the feature repo's folder.
    """
    from feast.repo_config import load_repo_config
    from feast.repo_operations import apply_total, cli_check_repo

    before, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    try:
        # Feast imports the repo's modules by their names relative to the working folder.
        os.chdir(repo)
        sys.path.insert(0, str(repo))
        settings = repo / "feature_store.yaml"
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            cli_check_repo(repo, settings)
            apply_total(load_repo_config(repo, settings), repo, skip_source_validation=False)
    finally:
        os.chdir(before)
        sys.path[:] = path
        # They name files of the home that was in force: the next home needs them afresh.
        for name in set(sys.modules) - modules:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).is_relative_to(repo):
                del sys.modules[name]

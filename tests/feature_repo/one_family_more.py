"""A copy of the feature repo with one family more: two new files and a word in the services."""

from __future__ import annotations

import shutil
from pathlib import Path

from velo.offline.tables import FEATURE_REPO


def one_family_more(folder: Path, family: str, module: str, table: str, sql: str) -> Path:
    """The copy, `feature_repo` in the folder.

    Args:
        folder: where it is made.
        family: name of the module and of the on-demand view in it.
        module: its text.
        table: the new table.
        sql: its SELECT.
    """
    repo = folder / "feature_repo"
    shutil.copytree(FEATURE_REPO, repo, ignore=shutil.ignore_patterns("__pycache__"))
    (repo / "tables" / f"{table}.sql").write_text(sql, encoding="utf-8")
    (repo / f"{family}.py").write_text(module, encoding="utf-8")
    services = (repo / "services.py").read_text(encoding="utf-8")
    for before, after in (
        ("from form import form\n", f"from form import form\nfrom {family} import {family}\n"),
        ("bias, form]", f"bias, form, {family}]"),
    ):
        assert before in services
        services = services.replace(before, after)
    (repo / "services.py").write_text(services, encoding="utf-8")
    return repo

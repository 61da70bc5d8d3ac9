"""Which code a run was made by: version, commit, branch, and what was changed since."""

from __future__ import annotations

import getpass
import subprocess
from dataclasses import dataclass

import velo
from velo.settings.project_folder import PROJECT_ROOT, is_checkout

LONGEST_CHANGE = 1_000_000


@dataclass(frozen=True)
class CodeState:
    """The checkout that runs; of an installed wheel only `version` is known.

    Attributes:
        version: the package's version and the commit, with `+` where files were changed.
        commit: the full commit, empty outside a checkout.
        branch: its name, empty where none is checked out.
        change: the changed lines of tracked files as git shows them, cut at a million signs.
    """

    version: str
    commit: str
    branch: str
    change: str

    @classmethod
    def now(cls) -> CodeState:
        """Of the code that is running."""
        commit = _git("rev-parse", "HEAD").strip()
        if not commit:
            return cls(velo.__version__, "", "", "")
        described = _git("describe", "--always", "--dirty=+", "--abbrev=12").strip()
        return cls(
            f"{velo.__version__} {described}",
            commit,
            _git("branch", "--show-current").strip(),
            _git("diff", "HEAD")[:LONGEST_CHANGE],
        )

    def tags(self) -> dict[str, str]:
        """MLflow's own tags for the source of a run, and ours."""
        tags = {
            "velo.code": self.version,
            "mlflow.source.name": "velo train",
            "mlflow.source.type": "LOCAL",
            "mlflow.source.git.commit": self.commit,
            "mlflow.source.git.branch": self.branch,
            "mlflow.user": _user(),
        }
        return {name: value for name, value in tags.items() if value}


def _git(*words: str) -> str:
    if not is_checkout():
        return ""  # a wheel may lie in somebody else's checkout
    try:
        return subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""

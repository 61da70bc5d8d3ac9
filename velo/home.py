"""Where everything that a run writes lives: one folder, the home (commands.md, The home)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from velo.settings import home_path
from velo.settings.in_force import in_force


def sqlite_url(path: Path) -> str:
    """An SQLite file as SQLAlchemy takes it.

    A `%` in the path is written as `%25`, and the driver is named with it: MLflow makes the folder
    of a plain `sqlite:///` URL itself, without reading `%25` back.
    """
    if "%" not in str(path):
        return f"sqlite:///{path}"
    return f"sqlite+pysqlite:///{str(path).replace('%', '%25')}"


@dataclass(frozen=True)
class Home:
    """Paths within one home. Two homes never share a file.

    Attributes:
        root: absolute path of the home.
    """

    root: Path

    @classmethod
    def current(cls, folder: Path | None = None) -> Home:
        """The home in force, created if it is not there.

        Args:
            folder: where a project folder is looked for, if `VELO_HOME` names no home; by default
                the working folder.
        """
        root = home_path(folder)
        root.mkdir(parents=True, exist_ok=True)
        return cls(root)

    def in_force(self) -> AbstractContextManager[None]:
        """Have this be the current home within a block, whatever `VELO_HOME` names."""
        return in_force(self.root)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of races, runners, results and prices."""
        return self.root / "warehouse.duckdb"

    @property
    def offline(self) -> Path:
        """Folder of numbered builds of the offline tables."""
        return self.root / "offline"

    @property
    def current_build(self) -> Path:
        """The pointer to the build that readers see; a link, flipped in one step."""
        return self.offline / "current"

    @property
    def registry(self) -> Path:
        """Feast's registry."""
        return self.root / "registry.db"

    @property
    def online(self) -> Path:
        """Feast's online store."""
        return self.root / "online.db"

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking and registry store, as a URL."""
        return sqlite_url(self.root / "mlflow.db")

    @property
    def artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.root / "mlartifacts"

    @property
    def studies(self) -> Path:
        """Optuna's studies: what was tried, and how it did."""
        return self.root / "tuning.db"

    @property
    def ledger(self) -> Path:
        """Every prediction that was made, never changed."""
        return self.root / "ledger.db"

    @property
    def cards(self) -> Path:
        """The races of the cards that were taken, as they were last declared."""
        return self.root / "cards.db"

    @property
    def reports(self) -> Path:
        """Reports for people and scripts."""
        return self.root / "reports"

    @property
    def spill(self) -> Path:
        """Where DuckDB may write what does not fit into memory."""
        return self.root / "spill"

"""What `ingest` and `apply` give back; every other step has a result of its own room's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from velo.offline.description import described
from velo.result import Result

if TYPE_CHECKING:
    from velo.warehouse.batches import Batch

COUNTS = ("rows_read", "accepted", "updated", "unchanged", "quarantined")


@dataclass(frozen=True, repr=False)
class Ingested(Result):
    """The files of one `ingest`.

    Attributes:
        batches: what became of each file, in their order.
        dry_run: whether nothing of it was kept.
    """

    batches: tuple[Batch, ...]
    dry_run: bool = False
    columns: ClassVar[Sequence[str]] = ("batch_id", "file", "format", *COUNTS, "unread", "seconds")

    @property
    def summary(self) -> str:
        """How many rows were read, and what became of them."""
        read, accepted, updated, unchanged, refused = (
            sum(getattr(batch, name) for batch in self.batches) for name in COUNTS
        )
        files = "1 file" if len(self.batches) == 1 else f"{len(self.batches):,} files"
        return (
            f"{'nothing kept, ' if self.dry_run else ''}{files}, {read:,} rows: {accepted:,} new, "
            f"{updated:,} updated, {unchanged:,} unchanged, {refused:,} refused"
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row a file: its counts, and how many cells no rule could read."""
        return [
            {name: getattr(batch, name) for name in self.columns if name != "unread"}
            | {"unread": sum(each.cells for each in batch.unread)}
            for batch in self.batches
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        dry = {"dry_run": True} if self.dry_run else {}
        return {"files": [batch.to_dict() for batch in self.batches]} | dry


@dataclass(frozen=True, repr=False)
class Applied(Result):
    """What the registry holds after `apply`.

    Attributes:
        services: service -> its features, in the order in which a model sees them.
        families: on-demand view -> its features.
        views: the views that the families are computed from.
        entities: what the views are of.
    """

    services: dict[str, tuple[str, ...]]
    families: dict[str, tuple[str, ...]]
    views: tuple[str, ...]
    entities: tuple[str, ...]

    @classmethod
    def to(cls, store: Any) -> Applied:
        """Read the registry of a `feast.FeatureStore`."""
        families = {view.name: view for view in store.list_on_demand_feature_views()}
        return cls(
            {
                service.name: tuple(
                    feature
                    for part in service.feature_view_projections
                    for feature in described(part.features, families[part.name].tags)
                )
                for service in store.list_feature_services()
            },
            {name: tuple(described(view.features, view.tags)) for name, view in families.items()},
            tuple(sorted(view.name for view in store.list_feature_views())),
            tuple(sorted(entity.name for entity in store.list_entities())),
        )

    @property
    def summary(self) -> str:
        """How many of each there are."""
        services = ", ".join(
            f"{name} ({len(features)} features)" for name, features in self.services.items()
        )
        return f"{len(self.entities)} entities, {len(self.views)} views, services: {services}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a feature of each family."""
        return [
            {"family": family, "feature": feature}
            for family, features in self.families.items()
            for feature in features
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "services": {name: list(features) for name, features in self.services.items()},
            "families": {name: list(features) for name, features in self.families.items()},
            "views": list(self.views),
            "entities": list(self.entities),
        }

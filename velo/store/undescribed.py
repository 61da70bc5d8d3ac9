"""Which feature the registry does not describe, read off its file: Feast's store stays closed."""

from __future__ import annotations

from pathlib import Path

from velo.offline.description import Description
from velo.store.joined_services import names_of
from velo.store.registry_file import holds_declarations


def undescribed(registry: Path, service: str) -> str | None:
    """The first feature of a service of which the registry does not say what it is, or its unit.

    A registry of a version before descriptions has none of any feature.

    Args:
        registry: Feast's file.
        service: whose features are asked about, or several joined by `+`.

    Returns:
        The feature's name; None if all are described, or if there is no such registry or service.
    """
    if not holds_declarations(registry):
        return None
    from feast.protos.feast.core.Registry_pb2 import Registry
    from google.protobuf.message import DecodeError

    try:
        read = Registry.FromString(registry.read_bytes())
    except DecodeError:
        return None
    fields = (
        field
        for each in read.feature_services
        if each.spec.name in names_of(service)
        for view in each.spec.features
        for field in view.feature_columns
    )
    return next((field.name for field in fields if Description.of(field).lacking), None)

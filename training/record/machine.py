"""The machine while a run is written: MLflow's own system metrics, without its fluent calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velo.home import Home

if TYPE_CHECKING:
    from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

SECONDS = 5.0


def watch(home: Home, run_id: str) -> SystemMetricsMonitor:
    """Begin to record processors, memory, disk and network as the run's `system/` metrics.

    A thread does it until `finish` is called.
    """
    from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

    monitor = SystemMetricsMonitor(  # type: ignore[no-untyped-call]  # MLflow's is untyped
        run_id, SECONDS, tracking_uri=home.tracking_uri
    )
    monitor.start()  # type: ignore[no-untyped-call]  # nor has this
    return monitor

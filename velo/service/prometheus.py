"""What Prometheus is told."""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from velo.live.pricing import Pricer

Scope = Any
SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
RACES = (1, 2, 4, 8, 16, 32, 64)
UNKNOWN = "unknown"


class Metrics:
    """Counters of one service; two in a process do not mix."""

    def __init__(self) -> None:
        """Everything at nought."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "velo_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "velo_request_seconds",
            "Seconds from the first byte of a request to the last byte of its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.predictions = Counter(
            "velo_predictions", "Predictions made and recorded.", registry=self.registry
        )
        self.together = Histogram(
            "velo_races_together", "Races priced together.", buckets=RACES, registry=self.registry
        )
        self.model = Info("velo_model", "The model in use.", registry=self.registry)
        self.ready = Gauge(
            "velo_ready", "Whether a race of the day can be predicted.", registry=self.registry
        )

    def took_over(self, pricer: Pricer) -> None:
        """Note the model in use."""
        stored = pricer.stored
        self.model.info(
            {
                "version": stored.version,
                "run_id": stored.registered.run_id,
                "sha256": stored.registered.sha256,
                "train_end": stored.train_end.isoformat(),
            }
        )

    def priced(self, races: int, kept: int) -> None:
        """Note races that were priced in one go, and the predictions of them that are kept."""
        self.together.observe(races)
        self.predictions.inc(kept)

    def text(self) -> bytes:
        """Prometheus's text format."""
        return generate_latest(self.registry)


class Measured:
    """ASGI: counts and times every request by its route, not by its path: there are few routes."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        """Take the application within."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass on, and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), [500]

        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", UNKNOWN)
            method = scope["method"] if route != UNKNOWN else UNKNOWN
            self._metrics.requests.labels(method, route, str(status[0])).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - begun)

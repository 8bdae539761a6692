"""Server metrics for Prometheus: requests, query time, the cache, and the current data."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]


class Metrics:
    """The metrics of one server; ``render`` returns them in the Prometheus text format."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ecp_graph_requests", "Requests answered, by status.", ["status"], registry=self._registry
        )
        self._query_seconds = Histogram(
            "ecp_graph_query_seconds",
            "Seconds from sending a query to the engine to the last byte of its answer.",
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60),
            registry=self._registry,
        )
        self._cache = Gauge(
            "ecp_graph_cache", "Events of the response cache, by kind.", ["what"], registry=self._registry
        )
        self._triples = Gauge(
            "ecp_graph_triples", "Triples in the default graph of the data in use.", registry=self._registry
        )
        self._by_status: dict[int, Counter] = {}

    def observe_request(self, status: int) -> None:
        """Count a request by its status."""
        counter = self._by_status.get(status)
        if counter is None:  # looking a label up takes longer than counting
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()

    def observe_query(self, seconds: float) -> None:
        """Record the duration of a query."""
        self._query_seconds.observe(seconds)

    def observe_cache(self, what: str, count: Callable[[], float]) -> None:
        """Register a cache counter that is read when the metrics are rendered."""
        self._cache.labels(what).set_function(count)

    def render(self, triples: int | None) -> bytes:
        """Return all metrics in the Prometheus text format."""
        self._triples.set(triples or 0)
        return generate_latest(self._registry)

"""An answer of the engine as an HTTP response: streamed, with an entity tag, charged to the client that asked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from flask import Response, request

from ecp_graph.engine import Answer
from ecp_graph.engine.formats import Format
from ecp_graph.engine.guard import refuse_excess
from ecp_graph.web.serving.exchange import Exchange, exchange_of
from ecp_graph.web.site import Site, site

__all__ = ["Dataset", "answer_response", "answer_tag", "ask", "on_budget"]

#: Default graphs and named graphs that a request asks over; None for those of the query or the store.
Dataset = tuple[Sequence[str] | None, Sequence[str] | None]

_WHOLE: Final[Dataset] = (None, None)


def ask(
    sparql: str,
    wanted: Format,
    *,
    dataset: Dataset = _WHOLE,
    timeout_s: float | None = None,
    labels: str | None = None,
) -> Answer:
    """Return the engine's answer; raises what the engine raises, OverBudget, and QueryTooComplex."""
    refuse_excess(sparql)
    site().note_outside(sparql)
    here, exchange = site(), exchange_of(request.environ)
    client = request.remote_addr or ""
    here.budget.check(client)
    started = time.monotonic()
    try:
        answer = here.engine.query(
            sparql,
            fmt=wanted.name,
            timeout_s=timeout_s or here.settings.timeout,
            default_graphs=dataset[0],
            named_graphs=dataset[1],
            labels=labels,
            gone=exchange.gone,
        )
    except BaseException:
        here.budget.charge(client, time.monotonic() - started)
        raise
    return replace(answer, body=_charged(answer, here, exchange, client, started))


@contextmanager
def on_budget() -> Iterator[None]:
    """Take the seconds of a block from the client's share of query time; raises OverBudget when it has none left.

    For what a client's own values make a page ask; what every client gets is asked once and kept.
    """
    here, client = site(), request.remote_addr or ""
    here.budget.check(client)
    started = time.monotonic()
    try:
        yield
    finally:
        here.budget.charge(client, time.monotonic() - started)


def answer_response(
    sparql: str,
    wanted: Format,
    *,
    dataset: Dataset = _WHOLE,
    timeout_s: float | None = None,
    labels: str | None = None,
) -> Response:
    """Return the response to a query: 304 when the client has the answer already, else the answer, streamed if long."""
    etag = _etag(sparql, wanted, dataset, labels)
    headers = {"Content-Type": wanted.content_type, "Cache-Control": "public, no-cache"}
    if etag and request.method in {"GET", "HEAD"} and request.if_none_match.contains_weak(etag):
        response = Response(status=304, headers=headers)
        exchange_of(request.environ).cache_version = site().current.version
    else:
        answer = ask(sparql, wanted, dataset=dataset, timeout_s=timeout_s, labels=labels)
        response = Response(answer.body, headers=headers)
        if answer.length is not None:
            response.make_sequence()
        exchange_of(request.environ).cache_version = site().current.version if etag else None
    if etag:
        response.set_etag(etag, weak=True)
    response.vary.add("Accept")
    return response


def _etag(sparql: str, wanted: Format, dataset: Dataset, labels: str | None) -> str | None:
    """Return the tag of an answer, which the data's version, the query, format, dataset and labels settle.

    None where they do not: the data may change, or other endpoints are asked.
    """
    current = site().current
    if not current.is_fixed or site().note_outside(sparql):
        return None
    return answer_tag(current.version, sparql, wanted, dataset, labels)


def answer_tag(version: str, sparql: str, wanted: Format, dataset: Dataset, labels: str | None) -> str:
    """Return the entity tag of the answer to a query over one version of the data."""
    told = hashlib.sha256(sparql.encode("utf-8", "surrogatepass"))
    told.update(repr((version, len(sparql), wanted.name, dataset, labels)).encode("utf-8", "surrogatepass"))
    return told.hexdigest()[:24]


def _charged(answer: Answer, here: Site, exchange: Exchange, client: str, started: float) -> Iterator[bytes]:
    """Pass the body on; at its end charge its time to the client, and tell the metrics and the access log."""
    try:
        yield from answer.body
    finally:
        spent_s = time.monotonic() - started
        here.budget.charge(client, spent_s)
        here.metrics.observe_query(spent_s)
        exchange.facts.update({"query_ms": round(spent_s * 1000, 1), **answer.facts})

"""Queries that the event loop answers by itself, without a thread and without the app.

The app answers every request, and this the ones that come most: a query over the release in use, for a format of the
engine. Whatever else is asked, refused or gone wrong is the app's to say. Both read a request with the same functions,
so they cannot disagree; ``tests/web/test_express.py`` compares their answers.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from ecp_graph.engine.formats import Format
from ecp_graph.engine.guard import refuse_excess, refuse_service
from ecp_graph.engine.isolation.awaited import AwaitedAnswer, ask_soon
from ecp_graph.engine.isolation.pool import IsolatedEngine, order
from ecp_graph.errors import EcpGraphError
from ecp_graph.web.answers import answer_tag
from ecp_graph.web.response_headers import OPEN_HEADERS, RELEASE_HEADER, SECURITY_HEADERS
from ecp_graph.web.serving.compression import LEAST_BYTES, LEVEL, takes_gzip
from ecp_graph.web.serving.exchange import Exchange, Reply, Scope
from ecp_graph.web.site import Site
from ecp_graph.web.source import Current
from ecp_graph.web.sparql_request import MULTIPART, SparqlRequest, read_request

__all__ = ["Express"]

_PATH: Final = "/sparql"
#: A longer request is read in a thread: to look through it would hold up the others.
_MOST_BYTES: Final = 32_000
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since", "range"})


@dataclass(frozen=True)
class _Asked:
    """A query that can be answered here, by whom it is asked, and what it is asked of."""

    current: Current
    engine: IsolatedEngine
    request: SparqlRequest
    sparql: str
    wanted: Format
    limit_s: float
    labels: str | None
    client: str
    is_packed: bool


class Express:
    """Answers what it can of the requests to a site's endpoint."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(
        self, scope: Scope, headers: Mapping[str, str], body: bytes, exchange: Exchange, gone: Callable[[], bool]
    ) -> Reply | None:
        """Return the reply to a request, or None when it is the app's to answer.

        What the engine refuses is left in ``exchange.problem``, for the app to tell.
        """
        try:
            asked = self._read(scope, headers, body)
        except EcpGraphError:
            return None  # the app comes to the same, and says it
        if asked is None:
            return None
        dataset = asked.request.dataset()
        told = order(asked.sparql, asked.wanted.name, asked.limit_s, *dataset, asked.labels)
        started = time.monotonic()
        try:
            answer = await ask_soon(asked.engine, told, asked.limit_s, gone)
        except EcpGraphError as problem:
            exchange.problem = problem
            self._site.budget.charge(asked.client, time.monotonic() - started)
            return None
        tag = answer_tag(asked.current.version, asked.sparql, asked.wanted, dataset, asked.labels)
        exchange.cache_version = asked.current.version
        given = [
            ("Content-Type", asked.wanted.content_type),
            ("Cache-Control", "public, no-cache"),
            ("ETag", f'W/"{tag}"'),
            ("Vary", "Accept, Accept-Encoding"),
            *SECURITY_HEADERS.items(),
            *OPEN_HEADERS.items(),
        ]
        if release := asked.current.facts.get("release"):
            given.append((RELEASE_HEADER, str(release)))
        if not answer.is_whole:
            chunks = self._rest(answer, gone, asked, exchange, started)
            if asked.is_packed:
                chunks = _packed(chunks)
                given.append(("Content-Encoding", "gzip"))
            return Reply(200, given, chunks)
        self._charge(answer, asked, exchange, started)
        whole = answer.first
        if asked.is_packed and len(whole) >= LEAST_BYTES:
            whole = await asyncio.get_running_loop().run_in_executor(None, _gzip, whole)
            given.append(("Content-Encoding", "gzip"))
        given.append(("Content-Length", str(len(whole))))
        return Reply(200, given, whole=whole)

    def _read(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> _Asked | None:
        """Return what is asked, or None when this cannot answer it; raises what the app raises too."""
        query_string: bytes = scope["query_string"]
        if (
            scope["path"] != _PATH
            or scope["method"] not in {"GET", "POST"}
            or not _CONDITIONS.isdisjoint(headers)
            or len(query_string) + len(body) > _MOST_BYTES
            or headers.get("content-type", "").lower().startswith(MULTIPART)
        ):
            return None
        current = self._site.source.ready()
        if current is None or not isinstance(current.engine, IsolatedEngine):
            return None
        settings = self._site.settings
        most = settings.max_query_kb * 1000
        request = read_request(scope["method"], query_string, headers, body, max_query_bytes=most)
        if request.query is None:
            return None
        wanted = request.wanted()
        if not isinstance(wanted, Format):
            return None
        refuse_service(request.query)
        limit_s, labels = request.timeout_s(settings.timeout), request.labels()
        refuse_excess(request.query)
        client = (scope.get("client") or ("", 0))[0]
        self._site.budget.check(client)
        is_packed = takes_gzip(headers.get("accept-encoding", ""))
        limit_s = current.engine.limit_s(limit_s)
        return _Asked(current, current.engine, request, request.query, wanted, limit_s, labels, client, is_packed)

    async def _rest(
        self, answer: AwaitedAnswer, gone: Callable[[], bool], asked: _Asked, exchange: Exchange, started: float
    ) -> AsyncGenerator[bytes, None]:
        """Yield an answer as it comes; whatever ends it frees the worker, and is charged to the client."""
        try:
            yield answer.first
            while (chunk := await answer.more(gone)) is not None:
                yield chunk
        finally:
            answer.close()
            self._charge(answer, asked, exchange, started)

    def _charge(self, answer: AwaitedAnswer, asked: _Asked, exchange: Exchange, started: float) -> None:
        spent_s = time.monotonic() - started
        self._site.budget.charge(asked.client, spent_s)
        self._site.metrics.observe_query(spent_s)
        exchange.facts.update({"query_ms": round(spent_s * 1000, 1), **answer.facts})


def _gzip(whole: bytes) -> bytes:
    return gzip.compress(whole, LEVEL, mtime=0)


async def _packed(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield chunks compressed, each in a thread."""
    compressor = zlib.compressobj(LEVEL, wbits=31)
    loop = asyncio.get_running_loop()
    async with aclosing(chunks):
        async for chunk in chunks:
            if packed := await loop.run_in_executor(None, compressor.compress, chunk):
                yield packed
    yield compressor.flush()

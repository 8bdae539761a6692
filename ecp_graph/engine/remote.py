"""The remote engine: sends queries to a SPARQL 1.1 endpoint through SPARQLWrapper.

An answer is received completely before any of it is passed on, so an endpoint that fails, stalls, disconnects or sends
something other than results leads to an error and never to a partial answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from SPARQLWrapper import POST, SPARQLWrapper

from ecp_graph import __version__
from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.client import Client, Resolve, shorten
from ecp_graph.engine.login import Login
from ecp_graph.engine.spool import Spool
from ecp_graph.engine.wholeness import Unwhole, check_for
from ecp_graph.errors import EndpointError, EngineBusy, ParameterError, QueryError
from ecp_graph.namespaces import names
from ecp_graph.sparql.formats import Format
from ecp_graph.sparql.guard import query_kind, refuse_service
from ecp_graph.sparql.text import declared_prefixes, first_keyword

__all__ = ["RemoteEngine", "without_dataset"]

#: The limits on time and size if the caller sets none.
_USUAL_LIMIT_S: Final = 60.0
_MOST_BYTES: Final = 1_000_000_000
_DATASET: Final = ("default-graph-uri", "named-graph-uri")
#: Headers by which Virtuoso indicates that it stopped early and returned only part of the rows.
_PARTIAL: Final = ("X-SQL-State", "X-SQL-Message")


class RemoteEngine(Engine):
    """An engine that sends queries to an endpoint over HTTP.

    ``default-graph-uri`` and ``named-graph-uri`` in the address of the endpoint are the dataset of each query that does
    not specify one.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        max_result_bytes: int | None = None,
        login: Login | None = None,
        limit_s: float = _USUAL_LIMIT_S,
        places: int | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """Raise EndpointError for an address that is not one; nothing is sent yet.

        Queries may use the prefixes of the names that are in use now.
        ``limit_s`` is the time limit of a query that is given none. With ``places``, so many queries are under way at
        a time, and one more is refused at once: an endpoint that stalls cannot take every thread of a server.
        ``resolve`` says where to connect to, see `ecp_graph.engine.client.Client`.
        """
        Client(endpoint)
        self._prefixes = names().prefixes
        self._endpoint = endpoint
        self._address, self._dataset = without_dataset(endpoint)
        self._max_result_bytes = max_result_bytes or _MOST_BYTES
        self._login = login
        self._resolve = resolve
        self._limit_s = limit_s
        self._places = threading.BoundedSemaphore(places) if places else None

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer, complete; raises what `Engine.answer` raises.

        Raises EndpointError with what the endpoint said, EndpointTimeout (a QueryTimeout) at the time limit, and
        EngineBusy when every slot is taken. The connection is closed then; whether the endpoint stops as well is its
        own affair. Raises ParameterError for labels, which a remote endpoint does not give.
        """
        if question.labels:
            raise ParameterError("Labels are not available from a remote endpoint; select rdfs:label in the query.")
        refuse_service(question.text)
        if query_kind(question.text) is None:
            raise QueryError("The text is no SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing.")
        wanted, dataset = question.format, self._dataset
        if question.has_dataset:
            graphs = question.default_graphs, question.named_graphs
            dataset = {name: list(part or ()) for name, part in zip(_DATASET, graphs, strict=True)}
        request = self._request(question.text, wanted, dataset)
        spool = Spool(self._max_result_bytes)
        limit_s = question.limit_s if question.limit_s is not None else self._limit_s
        started = time.monotonic()
        with self._place():
            Client(self._address, self._login, self._resolve).exchange(
                request, lambda response: self._take(response, wanted, spool), limit_s=limit_s, gone=asker.gone
            )
        spent_ms = round((time.monotonic() - started) * 1000, 1)
        return Answer(question.kind, wanted, spool.read_once(), len(spool), {"query_ms": spent_ms})

    def describe(self) -> str:
        """Return the address of the endpoint."""
        return self._endpoint

    def close(self) -> None:
        """Do nothing: each query has its own connection."""

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._places is None:
            yield
            return
        if not self._places.acquire(blocking=False):
            raise EngineBusy
        try:
            yield
        finally:
            self._places.release()

    def _request(self, sparql: str, wanted: Format, dataset: Mapping[str, Sequence[str]]) -> httpx.Request:
        """Return a query by POST with a form (SPARQL 1.1 Protocol, section 2.1.2): the way that every store knows."""
        protocol = SPARQLWrapper(self._address, agent=f"ecp-graph/{__version__}")
        protocol.setMethod(POST)
        protocol.setOnlyConneg(True)
        # Not setQuery: it looks for the form of a query with a pattern that some texts make it search without end.
        protocol.queryString = f"{_prologue(sparql, self._prefixes)}{sparql}"
        protocol.queryType = first_keyword(sparql)
        protocol.setReturnFormat("json" if wanted.kind == "table" else "turtle")
        protocol.addCustomHttpHeader("Accept", wanted.media_type)
        for name, graphs in dataset.items():
            for graph in graphs:
                protocol.addParameter(name, graph)
        built: Any = protocol._createRequest()  # it has no public way to build a request and not send it
        return httpx.Request(POST, built.full_url, headers=built.header_items(), content=built.data)

    def _take(self, response: httpx.Response, wanted: Format, spool: Spool) -> None:
        """Take in the body; raises EndpointError where it is not what was asked for, or not all of it."""
        given = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if given not in {wanted.media_type, *wanted.also}:
            raise self._error(
                f"it was asked for {wanted.media_type} but returned {shorten(given.encode()) or 'no type'}."
            )
        if (coding := response.headers.get("Content-Encoding", "identity")) != "identity":
            raise self._error(f"it compressed its answer although this was not requested ({shorten(coding.encode())}).")
        if partial := [response.headers[name] for name in _PARTIAL if name in response.headers]:
            raise self._error(f"it returned only part of the answer ({shorten(' '.join(partial).encode())}).")
        check = check_for(wanted)
        try:
            for chunk in response.iter_raw():
                spool.write(chunk)
                check.feed(chunk)
            check.end()
        except Unwhole as reason:
            raise self._error(f"it was asked for {wanted.media_type} but returned {reason}.") from reason

    def _error(self, reason: str) -> EndpointError:
        return EndpointError(self._endpoint, reason)


def without_dataset(endpoint: str) -> tuple[str, dict[str, list[str]]]:
    """Return the address without the graphs that it names, and these."""
    parts = urlsplit(endpoint)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    dataset = {name: [value for key, value in pairs if key == name] for name in _DATASET}
    if not any(dataset.values()):
        return urlunsplit(parts._replace(fragment="")), {}
    rest = urlencode([(key, value) for key, value in pairs if key not in _DATASET])
    return urlunsplit(parts._replace(query=rest, fragment="")), dataset


def _prologue(sparql: str, prefixes: Mapping[str, str]) -> str:
    """Return declarations of those of the prefixes that the text uses, without a line break: so lines stay right.

    Those that it declares itself are left out, because some stores refuse a second declaration.
    """
    declared = declared_prefixes(sparql)
    used = (name for name in prefixes if f"{name}:" in sparql and name not in declared)
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in used)

"""The SPARQL 1.1 Graph Store HTTP Protocol: whole graphs by PUT, POST and DELETE."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from ecp_graph import __version__
from ecp_graph.engine.client import Client
from ecp_graph.engine.login import Login
from ecp_graph.errors import EndpointError

__all__ = ["GraphStore", "graph_store_of"]

_NTRIPLES: Final = "application/n-triples"
_GONE: Final = 404


class GraphStore:
    """The graphs of one store; raises EndpointError with what the store said."""

    def __init__(self, address: str, *, login: Login | None = None, limit_s: float) -> None:
        self.address = address
        self._client = Client(address, login)
        self._limit_s = limit_s

    def put(self, graph: str | None, ntriples: bytes) -> None:
        """Make the statements the whole of a graph, the default graph for None (section 5.3); safe to repeat."""
        self._send("PUT", graph, ntriples)

    def post(self, graph: str | None, ntriples: bytes) -> None:
        """Add the statements to a graph (section 5.5)."""
        self._send("POST", graph, ntriples)

    def delete(self, graph: str | None) -> None:
        """Remove a graph (section 5.4); one that is not there is as good as removed."""
        try:
            self._send("DELETE", graph, None)
        except EndpointError as answer:
            if answer.status != _GONE:
                raise

    def _send(self, method: str, graph: str | None, body: bytes | None) -> None:
        which = "default" if graph is None else f"graph={quote(graph, safe='')}"
        separator = "&" if "?" in self.address else "?"
        headers = {"User-Agent": f"ecp-graph/{__version__}", "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"] = _NTRIPLES
        request = httpx.Request(method, f"{self.address}{separator}{which}", headers=headers, content=body)
        self._client.exchange(request, _drain, limit_s=self._limit_s)


def graph_store_of(endpoint: str, *, with_login: bool) -> str:
    """Return the address at which the store behind a query endpoint takes graphs, by the custom of its kind.

    Known are Oxigraph (``/query``), Virtuoso (``/sparql``), GraphDB and RDF4J (``/repositories/NAME``), and Fuseki
    (``/NAME/query``, ``/NAME/sparql``). Raises EndpointError for any other address.
    """
    parts = urlsplit(endpoint)
    path = parts.path.rstrip("/")
    folder, _, last = path.rpartition("/")
    if path == "/query":
        path = "/store"
    elif path == "/sparql":
        path = "/sparql-graph-crud-auth" if with_login else "/sparql-graph-crud"
    elif folder.endswith("/repositories"):
        path += "/rdf-graphs/service"
    elif folder and last in {"query", "sparql"}:
        path = f"{folder}/data"
    else:
        raise EndpointError(
            endpoint, "the address for writing graphs cannot be derived from it. Give it with --graph-store URL."
        )
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _drain(response: httpx.Response) -> None:
    """Read what a store says of a success, up to a size, so that it is done before the next request."""
    next(response.iter_raw(100_000), b"")

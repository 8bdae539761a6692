"""``/sparql``: the SPARQL 1.1 Protocol for programs, a page to ask on for people."""

from __future__ import annotations

import math
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, request, url_for

from ecp_graph.engine.formats import DEFAULTS, Format, Kind, format_named, formats_of, negotiate
from ecp_graph.engine.guard import query_kind, refuse_service
from ecp_graph.engine.labels import check_labels
from ecp_graph.engine.results import Table, parse_table
from ecp_graph.engine.spreadsheet import MEDIA_TYPE, workbook
from ecp_graph.errors import EcpGraphError, QueryError, UpdateRefused
from ecp_graph.web.answers import Dataset, answer_response, ask, on_budget
from ecp_graph.web.description import service_description
from ecp_graph.web.downloads import download
from ecp_graph.web.errors import HttpError, status_of
from ecp_graph.web.examples import example_text
from ecp_graph.web.rendering import page
from ecp_graph.web.site import PAGE_BYTES, site

__all__ = ["SHEET", "blueprint"]

blueprint = Blueprint("sparql", __name__)

#: The format of a table beside those that engines write.
SHEET: Final = "xlsx"
_HTML: Final = "text/html"
_DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_FORM: Final = "application/x-www-form-urlencoded"
_NOT_ASCII: Final = re.compile(rb"%[89A-Fa-f]")
_FIRST_QUERY: Final = """\
# What the graph is about: its classes, by the number of their things
SELECT ?class (COUNT(?thing) AS ?things) WHERE {
  ?thing a ?class .
}
GROUP BY ?class
ORDER BY DESC(?things) ?class
"""


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query; without one, return the page to a browser and the service description to an RDF client."""
    sparql = _query_of_request()
    if sparql is None:
        return _without_query()
    if _wants_sheet(sparql):
        return _sheet(sparql)
    wanted_page, wanted = _wanted(sparql)
    if wanted_page:
        return _result_page(sparql)
    assert wanted is not None  # noqa: S101 - narrows the type
    _refuse_service(sparql)
    return answer_response(sparql, wanted, dataset=_dataset(), timeout_s=_timeout_s(), labels=_labels(sparql))


def _query_of_request() -> str | None:
    """Return the query (SPARQL 1.1 Protocol, section 2.1), or None when there is none.

    Raises UpdateRefused for an update, and HttpError when a request holds two queries, is too long or of another
    type.
    """
    _refuse_broken_text(request.query_string)
    given = request.args.getlist("query")
    if request.method == "POST":
        _refuse_coded_body()
        if request.mimetype == _UPDATE:
            raise UpdateRefused("application/sparql-update")
        if request.mimetype == _DIRECT:
            given = [*given, _utf8(request.get_data())]
        elif request.mimetype in {_FORM, "multipart/form-data"}:
            _refuse_broken_text(request.get_data(cache=True))
            given = [*given, *request.form.getlist("query")]
        else:
            sent = request.mimetype or "nothing"
            raise HttpError(
                415, "unsupported-media-type", f"A POST holds {_DIRECT} or {_FORM}; its Content-Type says {sent}."
            )
    if "update" in request.values:
        raise UpdateRefused("parameter 'update'")
    if len(given) > 1:
        raise HttpError(400, "several-queries", "A request holds exactly one query, and this one holds several.")
    if request.method == "POST" and not given:
        raise HttpError(400, "no-query", "The POST holds no query; the form field is called 'query'.")
    if given and len(given[0].encode()) > site().settings.max_query_kb * 1000:
        limit = site().settings.max_query_kb
        raise HttpError(413, "query-too-long", f"The query is longer than the {limit} kB that this server takes.")
    return given[0] if given else None


def _refuse_broken_text(form: bytes) -> None:
    """Raise HttpError for a form that is not UTF-8; one that is ASCII, as nearly all are, need not be decoded."""
    if not form.isascii() or _NOT_ASCII.search(form):
        _utf8(unquote_to_bytes(form))


def _utf8(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise HttpError(400, "malformed-query", f"The request is not UTF-8 ({reason}).") from reason


def _refuse_coded_body() -> None:
    """Raise HttpError for a body that is compressed, or in another encoding than UTF-8."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    charset = request.mimetype_params.get("charset", "utf-8").strip().lower()
    if coding not in {"", "identity"}:
        sentence = f"The body is coded with {coding[:40]}; send it as it is."
        raise HttpError(415, "unsupported-media-type", sentence)
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        sentence = f"The body is in {charset[:40]}; a query is sent in UTF-8 (SPARQL 1.1 Protocol, section 2.1.3)."
        raise HttpError(415, "unsupported-media-type", sentence)


def _wanted(sparql: str) -> tuple[bool, Format | None]:
    """Return whether a page is wanted, and the format when it is not; ``format=`` wins over the Accept header."""
    named = request.values.get("format", "").strip()
    if named.lower() == "html":
        return True, None
    accept = request.headers.get("Accept", "")
    try:
        kind: Kind = query_kind(sparql) or "table"
    except UpdateRefused:
        if not named and negotiate(accept, "table", also=[_HTML]) == _HTML:
            return True, None
        raise
    if named:
        return False, format_named(named, kind)
    best = negotiate(accept, kind, also=[_HTML])
    if best is None:
        offered = ", ".join(fmt.media_type for fmt in formats_of(kind))
        raise HttpError(
            406, "not-acceptable", f"Nothing that is accepted can be sent. This query answers in {offered}."
        )
    return (False, best) if isinstance(best, Format) else (True, None)


def _refuse_service(sparql: str) -> None:
    """Raise ServiceRefused before anything else is done, where no endpoint may be asked; else the engine looks."""
    if not site().settings.calls_services:
        refuse_service(sparql)


def _wants_sheet(sparql: str) -> bool:
    named = request.values.get("format", "").strip().lower()
    return named == SHEET and query_kind(sparql) in {"table", None}


def _sheet(sparql: str) -> Response:
    """Return a table as an Excel workbook; raises ResultTooLarge for more than a sheet may hold, and MissingExtra.

    It is not streamed: the rows are gathered, and text stays text.
    """
    _refuse_service(sparql)
    answer = ask(sparql, DEFAULTS["table"], dataset=_dataset(), timeout_s=_timeout_s(), labels=_labels(sparql))
    body = answer.read(PAGE_BYTES)
    with on_budget():
        book = workbook(parse_table(body))
    return download(book, MEDIA_TYPE, f"result.{SHEET}", tag=body)


def _dataset() -> Dataset:
    """Return the graphs named by the request (section 2.1.4); they override the query's own FROM."""
    default_graphs = request.values.getlist("default-graph-uri")
    named_graphs = request.values.getlist("named-graph-uri")
    return (default_graphs, named_graphs) if default_graphs or named_graphs else (None, None)


def _timeout_s() -> float:
    """Return the time limit: the server's, or the shorter one that the client asks for."""
    limit_s = site().settings.timeout
    text = request.values.get("timeout", "").strip()
    try:
        asked_s = float(text) if text else limit_s
    except ValueError:
        asked_s = math.nan
    if not 0 < asked_s < math.inf:
        raise HttpError(400, "bad-timeout", f"The timeout '{text}' is not a number of seconds above zero.")
    return min(limit_s, asked_s)


def _labels(sparql: str) -> str | None:
    """Return the language of the labels that the client asks for; raises ParameterError."""
    language = request.values.get("labels", "").strip()
    return check_labels(language, sparql) if language else None


def _without_query() -> Response:
    best = negotiate(request.headers.get("Accept", ""), "graph", also=[_HTML])
    if best == _HTML or request.args.get("format") == "html":
        example = request.args.get("example", "")
        catalogue = site().catalogue
        text = example_text(catalogue[example]) if catalogue is not None and example else _FIRST_QUERY
        return _page(text)
    wanted = best if isinstance(best, Format) else DEFAULTS["graph"]
    endpoint_url = url_for("sparql.endpoint", _external=True)
    settings = site().settings
    services = settings.service if settings.calls_services and site().current.is_fixed else None
    body = service_description(endpoint_url, site().dataset_facts, settings.timeout, wanted, services=services)
    response = Response(body, headers={"Content-Type": wanted.content_type})
    response.vary.add("Accept")
    return response


def _result_page(sparql: str) -> Response:
    table: Table | None = None
    graph, problem, status = "", "", 200
    place: tuple[int | None, int | None] = (None, None)
    try:
        kind = query_kind(sparql) or "table"
        _refuse_service(sparql)
        answer = ask(sparql, DEFAULTS[kind], dataset=_dataset(), timeout_s=_timeout_s(), labels=_labels(sparql))
        body = answer.read(PAGE_BYTES)
        if kind == "table":
            table = parse_table(body)
        else:
            graph = body.decode("utf-8")
    except EcpGraphError as error:
        problem, (status, _) = str(error), status_of(error)
        place = (error.line, error.column) if isinstance(error, QueryError) else place
    return _page(sparql, status=status, table=table, graph=graph, problem=problem, place=place)


def _page(
    sparql: str,
    *,
    status: int = 200,
    table: Table | None = None,
    graph: str = "",
    problem: str = "",
    place: tuple[int | None, int | None] = (None, None),
) -> Response:
    catalogue = site().catalogue
    kind: Kind = "graph" if graph else "table"
    return page(
        "sparql/sparql.html",
        status=status,
        sparql=sparql,
        table=table,
        graph=graph,
        problem=problem,
        place=place,
        formats=formats_of("table") + formats_of("graph"),
        downloads=formats_of(kind),
        sheet=SHEET,
        labels=request.values.get("labels") or None,
        rows_shown=site().settings.page_rows,
        topics=catalogue.topics() if catalogue is not None else {},
    )

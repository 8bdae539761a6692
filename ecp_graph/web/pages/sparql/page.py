"""``/sparql``: the SPARQL 1.1 Protocol, and a query page for browsers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, url_for

from ecp_graph.engine import Question
from ecp_graph.engine.asking import read_table
from ecp_graph.errors import EcpGraphError, QueryError
from ecp_graph.queries.hints import Hint, hints, is_odd
from ecp_graph.sparql.formats import DEFAULTS, Format, Kind, formats_of, negotiate
from ecp_graph.sparql.results import Table
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, About, workbook
from ecp_graph.web.drawings.frame import caption_of
from ecp_graph.web.http.answers import answer_response, ask
from ecp_graph.web.http.downloads import download
from ecp_graph.web.http.errors import status_of
from ecp_graph.web.http.negotiation import HTML
from ecp_graph.web.http.responses import content, data, open_to_all, page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.sparql.examples import example_text
from ecp_graph.web.pages.sparql.request import MULTIPART, SHEET, SparqlRequest, read_request
from ecp_graph.web.state.description import service_description
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("sparql", __name__)
#: Characters of a cell in Excel.
_LONGEST_CELL: Final = 32_767
ENTRY: Final = NavigationEntry("SPARQL", "sparql.endpoint")

#: What the page opens with: over a release a question that people have, over files of any kind what they hold.
_FIRST: Final = {name: Path(__file__).with_name(f"{name}.rq") for name in ("actions", "classes")}
#: Terms among which a check looks for a likely one.
_MOST_CANDIDATES: Final = 5_000
#: The longest that one check may take when a query finds nothing.
_HINT_S: Final = 1.0
#: The value of ``names`` with which the page shows IRIs.
_OFF: Final = "off"


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query; without one, return the page to a browser and the service description to an RDF client."""
    asked = _read()
    if asked.query is None:
        return _without_query()
    wanted = asked.wanted()
    if wanted == SHEET:
        return _sheet(asked)
    if not isinstance(wanted, Format):
        return _result_page(asked)
    return answer_response(_question(asked, wanted))


def _read() -> SparqlRequest:
    """Return what the request asks for; raises what `read_request` raises."""
    return read_request(
        request.method,
        request.query_string,
        {name.lower(): value for name, value in request.headers},
        request.get_data(),
        max_query_bytes=site().settings.max_query_kb * 1000,
        multipart=list(request.form.items(multi=True)) if request.mimetype == MULTIPART else (),
    )


def _question(asked: SparqlRequest, wanted: Format | None) -> Question:
    return asked.question(wanted, limit_s=site().settings.timeout, base=request.base_url)


def _sheet(asked: SparqlRequest) -> Response:
    """Return a table as an Excel workbook; raises ResultTooLarge for more than a sheet may hold, and MissingExtra.

    It is not streamed: the rows are gathered, and text stays text.
    """
    body = ask(_question(asked, DEFAULTS["table"])).read(site().bounds.page_bytes)
    facts = [*caption_of("", request.path).facts, ("Query", (asked.query or "")[:_LONGEST_CELL])]
    about = About("Answer of a query", facts)
    return download(workbook(body, about=about), MEDIA_TYPE, f"result.{SHEET}", tag=body)


def _without_query() -> Response:
    best = negotiate(request.headers.get("Accept", ""), "graph", also=[HTML])
    if best == HTML or request.args.get("format") == "html":
        example = request.args.get("example", "")
        catalogue = site().catalogue
        if catalogue is not None and example:
            return _page(example_text(catalogue[example]))
        return _page(_FIRST["classes" if catalogue is None else "actions"].read_text(encoding="utf-8"))
    wanted = best if isinstance(best, Format) else DEFAULTS["graph"]
    endpoint_url = url_for("sparql.endpoint", _external=True)
    settings = site().settings
    services = settings.service if settings.calls_services and site().current.is_fixed else None
    body = service_description(endpoint_url, site().dataset_facts, settings.timeout, wanted, services=services)
    return open_to_all(content(body, wanted.content_type))


def _result_page(asked: SparqlRequest) -> Response:
    sparql = asked.query or ""
    table: Table | None = None
    graph, problem, status = "", "", 200
    place: tuple[int | None, int | None] = (None, None)
    found: list[Hint] = []
    try:
        question = _question(asked, None)
        answer = ask(question)
        if question.kind == "table":
            table = read_table(answer, most_rows=site().settings.page_rows, max_bytes=site().bounds.page_bytes)
        else:
            graph = answer.read(site().bounds.page_bytes).decode("utf-8")
    except EcpGraphError as error:
        problem, (status, _) = str(error), status_of(error)
        place = (error.line, error.column) if isinstance(error, QueryError) else place
    if table is not None and is_odd(table):
        found = _hints(sparql)
    return _page(sparql, status=status, table=table, graph=graph, problem=problem, place=place, found=found)


@blueprint.get("/sparql/hints.json")
def hints_of_query() -> Response:
    """What of the query in ``query`` can match nothing: ``hints``, each with line, column and text.

    Only for a query that the endpoint answers; the time of the checks is charged to the client.
    """
    sparql = request.args.get("query", "")
    ask(Question(sparql, limit_s=_HINT_S)).close()  # raises what is wrong with it
    return data({"hints": [hint.as_dict() for hint in _hints(sparql)]})


def _hints(sparql: str) -> list[Hint]:
    def check(text: str) -> Table:
        answer = ask(Question(text, limit_s=_HINT_S))
        return read_table(answer, most_rows=_MOST_CANDIDATES, max_bytes=site().bounds.page_bytes)

    return hints(sparql, check)


def _page(
    sparql: str,
    *,
    status: int = 200,
    table: Table | None = None,
    graph: str = "",
    problem: str = "",
    place: tuple[int | None, int | None] = (None, None),
    found: Sequence[Hint] = (),
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
        hints=found,
        has_names=request.values.get("names") != _OFF,
        topics=catalogue.topics() if catalogue is not None else {},
        about=catalogue.about if catalogue is not None else str,
    )

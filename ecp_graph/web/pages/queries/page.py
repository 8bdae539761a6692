"""``/queries`` and ``/api/queries``: the catalogue as pages with forms, and as an API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from flask import Blueprint, Response, request, url_for

from ecp_graph.engine import Question
from ecp_graph.errors import EcpGraphError, EndpointError, OverBudget
from ecp_graph.namespaces import compact
from ecp_graph.queries.binding import Given, bind
from ecp_graph.queries.catalogue import Catalogue, Query
from ecp_graph.queries.resolve import Choice
from ecp_graph.queries.sheets import about_query, chosen_in_words, headings_of
from ecp_graph.sparql.formats import DEFAULTS, FORMATS, Format, formats_of, negotiate
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, workbook
from ecp_graph.tables.lists.answering import Held, held, left_out
from ecp_graph.web.drawings.frame import Caption, caption_of, picture_response
from ecp_graph.web.http.answers import answer_response, ask, held_answer, on_budget
from ecp_graph.web.http.downloads import download
from ecp_graph.web.http.embedding import EMBED, framed_by_others, is_embedded
from ecp_graph.web.http.errors import ERROR_HEADER, HttpError, status_of
from ecp_graph.web.http.negotiation import HTML
from ecp_graph.web.http.responses import data
from ecp_graph.web.http.responses import page as rendered
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.queries.charts import bar_chart
from ecp_graph.web.pages.queries.samples import Sample, samples
from ecp_graph.web.pages.queries.sources import sources
from ecp_graph.web.show.panels import panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("queries", __name__)
#: Rows of an answer that a page reads, for its chart and sources too, where more are held.
_MOST_ROWS: Final = 500
ENTRY: Final = NavigationEntry("Queries", "queries.index")

#: A list longer than this is a field with suggestions, not a menu.
_LONGEST_MENU: Final = 150


@blueprint.get("/queries")
def index() -> Response:
    """The catalogue as a page, by topic."""
    catalogue = _catalogue()
    return rendered("queries/index.html", topics=catalogue.topics(), about=catalogue.about, count=len(catalogue))


@blueprint.get("/queries/<name>.rq")
def source(name: str) -> Response:
    """The file of a query, as it is."""
    query = _catalogue()[name]
    return Response(query.text, headers={"Content-Type": "application/sparql-query; charset=utf-8"})


@blueprint.get("/queries/<name>.svg")
def chart(name: str) -> Response:
    """The bar chart of a query; raises HttpError for a result that does not suit one."""
    query, given = _catalogue()[name], _given()
    with on_budget():
        shown = panel_of_page(query.name, _MOST_ROWS, **given) if query.kind == "table" else None
    drawn = bar_chart(query.columns, shown.table) if shown else None
    if shown is None or drawn is None:
        raise HttpError(404, "no-chart", f"The result of '{name}' with these values suits no bar chart; it is a table.")
    return picture_response("queries/alone.svg", name, _caption(query, given), (drawn.width, drawn.height), chart=drawn)


@blueprint.get("/queries/<name>")
def page(name: str) -> Response:
    """The form of a query and its result; a value that does not fit is said under the form, with status 400."""
    query = _catalogue()[name]
    given = _given()
    shown: dict[str, Any] = {"table": None, "graph": "", "bound": "", "chart": None, "sources": [], "samples": []}
    problem, status, code = "", 200, ""
    try:
        if given or not any(parameter.required for parameter in query.parameters):
            shown |= _result(query, given)
    except (EndpointError, OverBudget):  # a remote store: the lists of the form would wait for it as well
        raise
    except EcpGraphError as error:
        problem, (status, code) = str(error), status_of(error)
    found = _choices(query)
    response = rendered(
        "queries/query.html",
        status=status,
        embedded=is_embedded(),
        caption=_caption(query, given),
        embed=url_for("queries.page", name=name, embed=1, _external=True, **cast("dict[str, Any]", given)),
        query=query,
        given=given,
        problem=problem,
        choices=found,
        question=_question(query, found),
        longest_menu=_LONGEST_MENU,
        downloads=_downloads(query),
        rows_shown=site().settings.page_rows,
        **shown,
    )
    if code:
        response.headers[ERROR_HEADER] = code
    return framed_by_others(response)


@blueprint.get("/api/queries")
def api_index() -> Response:
    """The catalogue as JSON: for each query its name, topic, summary, parameters, columns, tags and address."""
    return data({"queries": [_facts(query) for query in _catalogue().values()]})


@blueprint.get("/api/queries/<name>")
def api(name: str) -> Response:
    """The result of a query, in the format that the Accept header prefers; a browser gets the default one."""
    query = _catalogue()[name]
    best = negotiate(request.headers.get("Accept", ""), query.kind, also=[HTML])
    if best == HTML:
        best = DEFAULTS[query.kind]
    if not isinstance(best, Format):
        offered = ", ".join(fmt.media_type for fmt in formats_of(query.kind))
        raise HttpError(
            406,
            "not-acceptable",
            f"None of the accepted formats is available. This query can be answered as {offered}.",
        )
    return _serialised(query, best)


@blueprint.get("/api/queries/<name>.<extension>")
def api_as(name: str, extension: str) -> Response:
    """The result of a query, in the format of the extension."""
    query = _catalogue()[name]
    if extension == "xlsx" and query.kind == "table":
        given, bound, found = _given(), _bound(query), _held(query)
        answer = held_answer(found, "json") if found else ask(Question(bound, "json"), is_reserved=True)
        body = answer.read(site().bounds.page_bytes)
        about = about_query(query, given, _caption(query, given).facts)
        return download(workbook(body, headings=headings_of(query), about=about), MEDIA_TYPE, f"{name}.xlsx", tag=body)
    wanted = next((fmt for fmt in FORMATS if fmt.extension == extension and fmt.kind == query.kind), None)
    if wanted is None:
        known = ", ".join(f".{download}" for download in _downloads(query))
        raise HttpError(404, "unknown-format", f"The query '{name}' is not available as .{extension}, only as {known}.")
    return _serialised(query, wanted)


def _catalogue() -> Catalogue:
    catalogue = site().catalogue
    if catalogue is None:
        raise HttpError(
            404, "no-catalogue", "This server has no catalogue, because it only serves RDF files. Use /sparql."
        )
    return catalogue


def _caption(query: Query, given: Given) -> Caption:
    address = url_for("queries.page", name=query.name, **cast("dict[str, Any]", given))
    notes = [f"{label}: {value}" for label, value in chosen_in_words(query, given)]
    return caption_of(query.summary, address, notes=notes)


def _given() -> dict[str, str | list[str]]:
    """Return the values of the request that are not empty, by the names of their parameters: one, or a list."""
    lists = ((name, values) for name, values in request.args.lists() if name != EMBED)
    given = {name: [value for value in values if value.strip()] for name, values in lists}
    return {name: values if len(values) > 1 else values[0] for name, values in given.items() if values}


def _result(query: Query, given: Given) -> dict[str, Any]:
    if query.kind == "table":
        with on_budget():
            shown = panel_of_page(query.name, max(_MOST_ROWS, site().settings.page_rows), **given)
        return {
            "table": shown.table,
            "bound": shown.bound,
            "chart": bar_chart(query.columns, shown.table),
            "sources": sources(shown.table),
            "beside_graph": shown.beside_graph,
            "left_out": left_out(None, query) if site().lists is None else "",
            "samples": _samples(query, given, shown.bound),
        }
    with on_budget():
        bound = bind(query, given, site().engine)
        site().note_outside(bound)
        answer = site().engine.query(bound, timeout_s=site().settings.timeout)
        graph = answer.read(site().bounds.page_bytes).decode("utf-8")
    return {"graph": graph, "bound": bound, "samples": _samples(query, given, bound)}


def _samples(query: Query, given: Given, bound: str) -> list[Sample]:
    api = url_for("queries.api", name=query.name, _external=True)
    return samples(query, given, bound, api=api, endpoint=url_for("sparql.endpoint", _external=True))


def _serialised(query: Query, wanted: Format) -> Response:
    return answer_response(Question(_bound(query), wanted.name), is_reserved=True, held=_held(query))


def _bound(query: Query) -> str:
    with on_budget():
        return bind(query, _given(), site().engine)


def _held(query: Query) -> Held | None:
    with on_budget():
        return held(site().lists, query, _given(), site().engine)


def _choices(query: Query) -> dict[str, Any]:
    return {p.name: site().choices(p) for p in query.parameters if p.type == "iri"}


def _question(query: Query, found: Mapping[str, list[Choice]]) -> dict[str, Any]:
    """Return what a page without a server needs to bind the values itself; see frontend/src/question.js."""
    return {
        "name": query.name,
        "body": query.body,
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "label": p.label,
                "default": p.default,
                "required": p.required,
                "many": p.many,
                "values": list(p.values),
                "things": [[choice.value, choice.label, choice.iri] for choice in found.get(p.name, [])],
            }
            for p in query.parameters
        ],
    }


def _downloads(query: Query) -> list[str]:
    extensions = [fmt.extension for fmt in formats_of(query.kind)]
    return [*extensions, "xlsx"] if query.kind == "table" else extensions


def _facts(query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "topic": query.topic,
        "summary": query.summary,
        "description": query.description,
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "label": p.label,
                "required": p.required,
                **({"default": p.default} if p.default is not None else {}),
                **({"class": compact(p.of_class)} if p.of_class else {}),
                **({"values": list(p.values)} if p.values else {}),
                **({"many": True} if p.many else {}),
            }
            for p in query.parameters
        ],
        "columns": [
            {"name": c.name, "meaning": c.meaning, **({"unit": c.unit} if c.unit else {})} for c in query.columns
        ],
        "tags": list(query.tags),
        "url": url_for("queries.api", name=query.name),
    }

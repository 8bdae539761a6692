"""``/id/…``, ``/doc/…`` and ``/graph/…``: things and passages at their dereferenceable IRIs.

``/id/TYPE/SLUG`` identifies a thing that is not a document, so it redirects with 303 to the document about it (Best
Practice Recipes for Publishing RDF Vocabularies, recipe 5; httpRange-14). ``/doc/TYPE/SLUG`` is that document.
``/graph/…`` is a named graph, which is itself a document, so it returns 200. Each supports Accept and a suffix.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ecp_graph.addresses import quoted
from ecp_graph.linked_data.document import Standing, describe_thing, named_node, serialise, standing_of
from ecp_graph.linked_data.places import iris_at
from ecp_graph.namespaces import names
from ecp_graph.sparql.formats import TURTLE, Format
from ecp_graph.web.drawings.frame import caption_of, picture_response
from ecp_graph.web.http.document_headers import add_headers, downloads, finish, json_block, licence, local_document
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS, split_suffix, wanted_form
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages.documents.endings import may_be_named
from ecp_graph.web.pages.documents.entity import Entity, entity_of
from ecp_graph.web.pages.documents.graphs import graph_response
from ecp_graph.web.pages.documents.missing import gone, missing
from ecp_graph.web.pages.documents.neighbourhood import draw
from ecp_graph.web.pages.documents.rows import engine_of, standing_of_row, statements_of_row
from ecp_graph.web.pages.documents.subjects import SubjectPage, subject_page
from ecp_graph.web.pages.documents.why import reasons_of
from ecp_graph.web.show.anchors import anchor, certainty_tag, source_tags, step_markup
from ecp_graph.web.show.names import name_all, name_of
from ecp_graph.web.show.panels import Panel, panel_of_first, panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("documents", __name__)

#: Overlaps of a thing that its page shows.
_MOST_OVERLAPS: Final = 100

_CONFIDENTIAL: Final = """
ASK {{
  {{ {thing} ecp:confidential ?mark }} UNION {{ {thing} ecp:belongsToPlan/ecp:confidential ?mark }}
  FILTER (STR(?mark) NOT IN ("false", "0"))
}}"""


@blueprint.get("/id/<path:path>")
def identifier(path: str) -> AnyResponse:
    """Lead to the document about a thing, in the form that the suffix or the Accept header asks for."""
    standing, suffix = _find(path)
    if isinstance(standing, AnyResponse):
        return standing
    form = wanted_form(suffix, DOCUMENT_FORMATS, default=TURTLE)
    shown = suffix or (form.extension if form else "")
    response = redirect(local_document(standing.iri, shown), 303)
    response.vary.add("Accept")
    return response


@blueprint.get("/doc/<path:path>")
def document(path: str) -> AnyResponse:
    """The document about a thing: a page, or RDF."""
    standing, suffix = _find(path)
    if isinstance(standing, AnyResponse):
        return standing
    form = wanted_form(suffix, DOCUMENT_FORMATS, default=TURTLE)
    response = _rdf(standing, form) if form else _page(standing)
    add_headers(response, standing, form, negotiated=not suffix)
    return response


@blueprint.get("/doc/<path:path>.svg")
def drawing(path: str) -> AnyResponse:
    """The neighbourhood of a thing as a picture."""
    _need_catalogue()
    if any(_standing(iri) for iri in iris_at(f"{path}.svg", names().id)):  # the name of the thing itself ends like one
        return document(path + ".svg")
    standing, _ = _find(path)
    if isinstance(standing, AnyResponse):
        return standing
    entity = _entity(standing, *_panels(standing, site().bounds.statements))
    drawn = draw(entity)
    if drawn is None:
        raise HttpError(404, "no-drawing", f"{entity.title} has no links to draw. Its page has what is stated of it.")
    caption = caption_of(entity.title, local_document(standing.iri))
    size = drawn.width, drawn.height
    return picture_response("documents/alone.svg", path.rpartition("/")[2], caption, size, drawing=drawn)


@blueprint.get("/graph/<path:path>")
def graph(path: str) -> AnyResponse:
    """One named graph: a passage with its statements, or what the build wrote."""
    _need_catalogue()
    stem, suffix = split_suffix(path, DOCUMENT_FORMATS)
    for whole, part in zip(iris_at(path, names().graph), iris_at(stem, names().graph), strict=True):
        response = graph_response(whole, "") if not suffix or may_be_named(whole) else None
        if response is None and suffix:
            response = graph_response(part, suffix)
        if response is not None:
            return response
    return missing(names().graph + stem)


def _find(path: str) -> tuple[Standing | AnyResponse, str]:
    """Return the standing of the thing of a path and the suffix; a response when it is unknown or deprecated."""
    _need_catalogue()
    stem, suffix = split_suffix(path, DOCUMENT_FORMATS)
    for whole, part in zip(iris_at(path, names().id), iris_at(stem, names().id), strict=True):
        standing = _standing(whole) if not suffix or may_be_named(whole) else None
        if standing is not None:  # the name of the thing itself ends like a suffix
            suffix = ""
        elif suffix:
            standing = _standing(part)
        if standing is not None:
            return (_deprecated(standing, suffix) if standing.is_deprecated else standing), suffix
    return missing(names().id + stem), suffix


def _deprecated(standing: Standing, suffix: str) -> AnyResponse:
    """Lead to what replaces a deprecated thing; tell that it is gone where nothing, or not one thing, does."""
    new = standing.replaced_by[0] if len(standing.replaced_by) == 1 else ""
    if not new.startswith(names().id):
        return gone(standing)
    place = "/id/" if request.path.startswith("/id/") else "/doc/"
    return redirect(place + quoted(new.removeprefix(names().id)) + (f".{suffix}" if suffix else ""), 301)


def _standing(iri: str) -> Standing | None:
    here = site()

    def find() -> Standing | None:
        return standing_of_row(iri) or standing_of(here.engine, iri, timeout_s=here.settings.timeout)

    return here.keep(("standing", iri), find)


def _rdf(standing: Standing, form: Format) -> Response:
    response = Response(serialise(_quads(standing), form), content_type=form.content_type)
    return finish(response, standing.iri, form.name)


def _quads(standing: Standing) -> list[ox.Quad]:
    """Return what the document about a thing says, kept until another is asked for: a crawler wants all its forms."""
    here = site()
    latest: dict[str, list[ox.Quad]] = here.keep("the document asked for last", dict)
    found = latest.get(standing.iri)
    if found is None:
        engine, limit_s = engine_of(standing), here.settings.timeout
        found = describe_thing(engine, standing.iri, licence(), remark=standing.remark, timeout_s=limit_s)
        latest.clear()
        latest[standing.iri] = found
    return found


def _page(standing: Standing) -> Response:
    most = site().bounds.statements
    statements, overlaps = _panels(standing, most)
    entity = _entity(standing, statements, overlaps)
    made = subject_page(standing, entity) or SubjectPage("documents/entity.html", {})
    response = page(
        made.template,
        is_passing=made.is_passing,
        term=anchor,
        certainty=certainty_tag,
        sources=source_tags,
        step=step_markup,
        entity=entity,
        remark=standing.remark,
        is_confidential=bool(site().confidential) and _is_confidential(standing.iri),
        reasons=reasons_of(entity, engine_of(standing)),
        drawing=draw(entity),
        statements=statements,
        overlaps=overlaps,
        most_overlaps=_MOST_OVERLAPS,
        most=most,
        downloads=downloads(local_document(standing.iri)),
        json_ld=json_block(standing, statements.table),
        **made.context,
    )
    return made.finish(response)


def _entity(standing: Standing, statements: Panel, overlaps: Panel | None) -> Entity:
    others = zip(statements.cells("other"), statements.cells("otherName"), strict=True)
    name_all([standing.iri, *(other.value for other, name in others if other and other.kind == "iri" and not name)])
    return entity_of(standing.iri, statements.table, _findings_of(overlaps, statements), name_of)


def _panels(standing: Standing, most: int) -> tuple[Panel, Panel | None]:
    """Return the first statements about a thing, and the first of its overlaps; a row takes part in none."""
    if standing.remark:
        return statements_of_row(standing, most), None
    statements = panel_of_first("thing-statements", most, thing=standing.iri)
    return statements, panel_of_page("overlaps-of-thing", _MOST_OVERLAPS, thing=standing.iri)


def _findings_of(overlaps: Panel | None, statements: Panel) -> set[str]:
    """Return the overlaps that the statements speak of: all of them, of which the page shows the first."""
    if overlaps is None:
        return set()
    shown = {row["overlap"] for row in overlaps.rows}
    lists = site().lists
    if not overlaps.is_cut or lists is None:
        return shown
    return shown | lists.findings_among(row["other"] for row in statements.rows)


def _is_confidential(iri: str) -> bool:
    """Return whether a thing is a confidential plan or belongs to one."""
    return bool(site().ask(_CONFIDENTIAL.format(thing=named_node(iri))).boolean)


def _need_catalogue() -> None:
    if site().catalogue is None:
        raise HttpError(404, "no-catalogue", f"There is nothing at {request.path}: this server only serves RDF files.")

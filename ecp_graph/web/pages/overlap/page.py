"""``/overlap``: matrices of what joins two dimensions, what stands behind each cell, and who shares a thing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ecp_graph.overlap.matrix import Choice, Joins, Matrix, Thing, make_matrix
from ecp_graph.overlap.reading import GRADES, KINDS, LINKS, THINGS, read_joins
from ecp_graph.overlap.sheets import cells_table, csv_text, numbers_table
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, Query
from ecp_graph.sparql.results import Table, Term
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, workbook_of
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.overlap.drawing import draw
from ecp_graph.web.pages.overlap.telling import (
    MOST_ROWS,
    counted,
    marks_between,
    note_of,
    open_actions,
    pairs_on,
    panels_of_finding,
    panels_of_links,
    relation_words,
    relations,
    summary_of,
    ties_of,
    told,
)
from ecp_graph.web.show.panels import Panel, panel, panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint", "cell_of"]

blueprint = Blueprint("overlap", __name__)
ENTRY: Final = NavigationEntry("Overlap", "overlap.index", "dimension-links")

#: The query of who shares a thing, whose column lists the dimensions that share something, the main one first; and the
#: one of what is shared most, with the tag of the dimension that shares it.
_SHARING: Final = "overlap-on-thing"
_SHARED: Final = "overlap-things"
_PAIRS_TOLD: Final = 3
_MOST_WORDS: Final = 100
#: Findings and shared things that a page lists; the downloads have all of them.
_MOST_LISTED: Final = 100
#: Things to which nothing is joined that a page names.
_MOST_LONE: Final = 300
_UNSAFE: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Sides:
    """The two dimensions of a matrix."""

    rows: str
    columns: str

    @property
    def path(self) -> str:
        """As it stands in addresses: ``body-instrument``."""
        return f"{self.rows}-{self.columns}"

    @property
    def title(self) -> str:
        """In words: ``Bodies × instruments``."""
        return f"{plural(self.rows).capitalize()} × {plural(self.columns)}"


def plural(dimension: str) -> str:
    """Return the word for several things of a dimension, which the header of the query of the things has."""
    return _query(THINGS).values_of("dimension").get(dimension, dimension)


@blueprint.get("/overlap")
def index() -> AnyResponse:
    """The first matrix; a form that names two dimensions is led to theirs."""
    asked = {name: request.args.get(name, "") for name in ("rows", "columns")}
    if any(asked.values()):
        kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in asked and value}
        sides = _sides(f"{asked['rows']}-{asked['columns']}")
        return redirect(url_for("overlap.matrix", pair=sides.path, **kept))
    return _matrix_page(_offered()[0])


@blueprint.get("/overlap/<pair>")
def matrix(pair: str) -> Response:
    """One matrix as a page."""
    return _matrix_page(_sides(pair))


@blueprint.get("/overlap/<pair>.<any(svg, csv, xlsx):extension>")
def download(pair: str, extension: str) -> Response:
    """One matrix as a drawing, or its numbers as a table."""
    sides = _sides(pair)
    choice = _choice(sides)
    found = _matrix(sides, choice)
    corner = f"{sides.rows} \\ {sides.columns}"
    if extension == "svg":
        text = draw(found, _title_of(found, sides, choice), note_of(found))
        return Response(text, headers={"Content-Type": "image/svg+xml; charset=utf-8"})
    headers = {"Content-Disposition": f'attachment; filename="overlap-{sides.path}.{extension}"'}
    if extension == "csv":
        headers["Content-Type"] = "text/csv; charset=utf-8"
        return Response(csv_text(numbers_table(found, corner)), headers=headers)
    book = workbook_of({"matrix": numbers_table(found, corner), "cells": cells_table(found)})
    return Response(book, headers={**headers, "Content-Type": MEDIA_TYPE})


@blueprint.get("/overlap/<pair>/<first>/<second>")
def cell(pair: str, first: str, second: str) -> Response:
    """What stands behind one cell: what two share or what joins them, the rows, the passages, the queries."""
    sides = _sides(pair)
    one, other = _thing(sides.rows, first), _thing(sides.columns, second)
    is_graded = sides.rows == sides.columns and sides.rows in _joins().graded
    panels = panels_of_finding(one, other) if is_graded else panels_of_links(one, other)
    return page(
        "overlap/cell.html",
        sides=sides,
        one=one,
        other=other,
        is_graded=is_graded,
        panels=panels,
        summary=summary_of(_catalogue(), marks_between(_catalogue(), one, other)) if is_graded else None,
        marks={} if is_graded else ties_of(panels[0].panel, _joins()),
        relation=relation_words(_catalogue(), frozenset((one.iri, other.iri))),
        open=open_actions(_catalogue()) if _names_bodies(sides) else None,
        grades=panel(GRADES) if is_graded else None,
        overlap_kinds=panel(KINDS) if is_graded else None,
        ties=_query(LINKS).values_of("tie"),
        term=_term,
    )


@blueprint.get("/overlap/on/<dimension>/<slug>")
def on(dimension: str, slug: str) -> Response:
    """Who shares one thing with whom, and what proves it."""
    thing = _thing(dimension, slug)
    secretariat = _one_of("secretariat", ("", "with", "without")) or "without"
    given = {"thing": thing.iri, "secretariat": secretariat}
    kinds = list(_query(_SHARING).values_of("dimension"))
    sharing = [(kind, panel_of_page(_SHARING, _MOST_LISTED, dimension=kind, **given)) for kind in kinds]
    return page(
        "overlap/on.html",
        thing=thing,
        secretariat=secretariat,
        has_everywhere=any(each.is_everywhere for each in _joins().things),
        sharing=sharing,
        pairs=pairs_on(sharing[0][1], thing, kinds[0], secretariat) if sharing else 0,
        rows=panel_of_page("overlap-rows", MOST_ROWS, **given),
        passages=panel_of_page("overlap-passages", MOST_ROWS, **given),
        grades=panel(GRADES),
        overlap_kinds=panel(KINDS),
        plural=plural,
        term=_term,
        pair_path=_pair_path,
        most_listed=_MOST_LISTED,
    )


# ---------------------------------------------------------------- the graph


def _term(iri: str) -> Term:
    return Term("iri", iri)


def _catalogue() -> Catalogue:
    catalogue = site().catalogue
    if catalogue is None:
        raise HttpError(404, "no-catalogue", "This server has no catalogue: it serves files. Ask at /sparql.")
    return catalogue


def _query(name: str) -> Query:
    return _catalogue()[name]


def _ask(name: str) -> Table:
    return site().ask(bind(_query(name), {}, site().engine))


def _joins() -> Joins:
    return site().keep("overlap-joins", lambda: read_joins(_catalogue(), _ask, site().lists))


def _slugs() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], Thing]]:
    """Return the name of each thing in addresses, by dimension and IRI, and each thing by dimension and that name."""

    def make() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], Thing]]:
        names: dict[tuple[str, str], str] = {}
        things: dict[tuple[str, str], Thing] = {}
        for (dimension, iri), thing in sorted(_joins().by_iri.items()):
            slug = _UNSAFE.sub("-", re.split(r"[/#]", iri.rstrip("/#"))[-1]).strip("-.") or "thing"
            if (dimension, slug) in things:
                slug = f"{slug}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"
            names[dimension, iri] = slug
            things[dimension, slug] = thing
        return names, things

    return site().keep("overlap-slugs", make)


def _thing(dimension: str, slug: str) -> Thing:
    found = _slugs()[1].get((dimension, slug))
    if found is None:
        raise HttpError(404, "unknown-thing", f"The graph has no {dimension} '{slug}' that could stand in a matrix.")
    return found


def _thing_path(dimension: str, iri: str) -> str | None:
    slug = _slugs()[0].get((dimension, iri))
    return url_for("overlap.on", dimension=dimension, slug=slug) if slug else None


def _cell_paths(sides: Sides) -> Callable[[Thing, Thing], str]:
    """Return what gives the address of a cell; a pair of one dimension has one address, whichever comes first."""
    names, base = _slugs()[0], url_for("overlap.matrix", pair=sides.path)

    def path(row: Thing, column: Thing) -> str:
        first, second = names[sides.rows, row.iri], names[sides.columns, column.iri]
        if sides.rows == sides.columns and second < first:
            first, second = second, first
        return f"{base}/{quote(first)}/{quote(second)}"

    return path


def _pair_path(dimension: str, first: str, second: str) -> str | None:
    """Return the address of the cell of two members (IRIs) of one dimension; None when one can stand in no matrix."""
    things = [_joins().by_iri.get((dimension, iri)) for iri in (first, second)]
    return _cell_paths(Sides(dimension, dimension))(things[0], things[1]) if things[0] and things[1] else None


def cell_of(first: str, second: str) -> str | None:
    """Return the address of the cell of two things (IRIs) in a matrix that the site offers; None when none has it."""
    known = _joins().by_iri
    for sides in _offered() if _joins().dimensions else []:
        for one, other in ((first, second), (second, first)):
            row, column = known.get((sides.rows, one)), known.get((sides.columns, other))
            if row and column:
                return _cell_paths(sides)(row, column)
    return None


# ---------------------------------------------------------------- what is asked for


def _offered() -> list[Sides]:
    known = _joins().dimensions
    offered = [Sides(*pair) for pair in _query(THINGS).matrices if set(pair) <= set(known)]
    if not offered and not known:
        raise HttpError(404, "nothing-to-compare", "The graph holds no bodies, actions or tools that could overlap.")
    return offered or [Sides(known[0], known[-1])]


def _sides(pair: str) -> Sides:
    sides = _joins().sides(pair)
    if sides is None:
        known = ", ".join(_joins().dimensions)
        raise HttpError(404, "unknown-matrix", f"There is no matrix '{pair}'. Join two of these by '-': {known}.")
    return Sides(*sides)


def _one_of(name: str, values: tuple[str, ...]) -> str:
    value = request.args.get(name, "").strip()
    if value not in values:
        known = ", ".join(filter(None, values))
        raise HttpError(
            400, "bad-parameter", f"'{value[:_MOST_WORDS]}' is not valid for '{name}'. Use one of: {known}."
        )
    return value


def _names_bodies(sides: Sides) -> bool:
    """Whether a side is the dimension of those that can share a thing first of all: the bodies."""
    return next(iter(_query(_SHARING).values_of("dimension")), "") in (sides.rows, sides.columns)


def _is_graded(sides: Sides) -> bool:
    return sides.rows == sides.columns and sides.rows in _joins().graded


def _choice(sides: Sides) -> Choice:
    is_graded, joins = _is_graded(sides), _joins()
    return Choice(
        weakest=_one_of("grade", ("", *joins.grade_ranks)) if is_graded else _one_of("tie", ("", *joins.tie_ranks)),
        kind=_one_of("kind", ("", *joins.kind_ranks)) if is_graded else "",
        on=_one_of("on", ("", *_joins().things_on(sides.rows))) if is_graded else "",
        with_everywhere=_one_of("secretariat", ("", "with", "without")) == "with",
        row_words=request.args.get("row", "")[:_MOST_WORDS],
        column_words=request.args.get("column", "")[:_MOST_WORDS],
    )


def _matrix(sides: Sides, choice: Choice) -> Matrix:
    return site().keep(
        ("overlap-matrix", sides, choice), lambda: make_matrix(_joins(), sides.rows, sides.columns, choice)
    )


# ---------------------------------------------------------------- pages


def _matrix_page(sides: Sides) -> Response:
    choice = _choice(sides)
    found = _matrix(sides, choice)
    given = {
        "grade" if found.is_graded else "tie": choice.weakest,
        "kind": choice.kind,
        "on": choice.on,
        "secretariat": "with" if choice.with_everywhere else "",
        "row": choice.row_words,
        "column": choice.column_words,
    }
    given = {name: value for name, value in given.items() if value}
    joins = _joins()
    used = {kind for _, kind, _ in joins.marks()}
    return page(
        "overlap/matrix.html",
        sides=sides,
        choice=choice,
        matrix=found,
        given=given,
        offered=_offered(),
        dimensions=joins.dimensions,
        on_what=_joins().things_on(sides.rows) if found.is_graded else (),
        has_everywhere=any(t.is_everywhere for t in joins.things if t.dimension in (sides.rows, sides.columns)),
        everywhere=[t.name for t in joins.things if t.is_everywhere],
        remark=next((t.remark for t in joins.things if t.is_everywhere), ""),
        pairs=list(found.joined()),
        most_told=_PAIRS_TOLD,
        told=lambda causes: told(_catalogue(), causes),
        counted=counted,
        pair_of=lambda *pair: frozenset(pair),
        known_kinds=[kind for kind in joins.kind_ranks if kind in used],
        used_kinds={kind for cell in found.cells.values() for kind in cell.kinds},
        relations=relations(_catalogue()) if found.is_graded else {},
        open=open_actions(_catalogue()) if _names_bodies(sides) else None,
        grades=panel(GRADES) if found.is_graded else None,
        overlap_kinds=panel(KINDS) if found.is_graded else None,
        findings=_findings(sides, choice) if found.is_graded else None,
        things=_things_met(sides, choice),
        links=None if found.is_graded else _foot_of(LINKS),
        ties=_query(LINKS).values_of("tie"),
        letters=tuple(found.ranks),
        cell_path=_cell_paths(sides),
        most_listed=_MOST_LISTED,
        most_lone=_MOST_LONE,
        thing_path=_thing_path,
        plural=plural,
        term=_term,
    )


def _findings(sides: Sides, choice: Choice) -> Panel | None:
    """Return the findings behind a matrix as a panel, with the same choice where the query knows it.

    The query is `overlap-bodies` for bodies, as it is for the command.
    """
    name, catalogue = f"overlap-{plural(sides.rows)}", _catalogue()
    if name not in catalogue:
        return None
    secretariat = "with" if choice.with_everywhere else ""
    given = {"grade": choice.weakest, "kind": choice.kind, "on": choice.on, "secretariat": secretariat}
    return panel_of_page(
        name, _MOST_LISTED, **{key: value for key, value in given.items() if catalogue[name].parameter(key)}
    )


def _things_met(sides: Sides, choice: Choice) -> Panel | None:
    """Return the things that are shared most, for the matrix of the dimension that the query is about."""
    if sides.rows != sides.columns or sides.rows not in _query(_SHARED).tags:
        return None
    return panel_of_page(_SHARED, _MOST_LISTED, on=choice.on, secretariat="with" if choice.with_everywhere else "")


def _foot_of(name: str) -> Panel:
    """Return a panel of a query without its rows, for its links alone; the matrix holds what was made of them."""
    query = _query(name)
    return Panel(query, {}, bind(query, {}, site().engine), Table((), ()))


def _title_of(found: Matrix, sides: Sides, choice: Choice) -> str:
    parts = [sides.title]
    if choice.weakest:
        parts.append(f"grade {choice.weakest} or better" if found.is_graded else f"tie {choice.weakest} or stronger")
    if choice.kind:
        parts.append(choice.kind)
    if choice.on:
        parts.append(f"on {plural(choice.on)}")
    return ", ".join(parts)

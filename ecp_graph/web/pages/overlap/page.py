"""``/overlap``: matrices of what joins two dimensions, what is behind each cell, and who shares a thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ecp_graph.overlap.matrix import Choice
from ecp_graph.overlap.reading import FINDINGS, GRADES, KINDS, LINKS, THINGS
from ecp_graph.queries.binding import bind
from ecp_graph.sparql.results import Table
from ecp_graph.web.drawings.frame import caption_of
from ecp_graph.web.http.embedding import framed_by_others, is_embedded
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.between.plans import compares_plans
from ecp_graph.web.pages.overlap.asked import (
    SHARING,
    Sides,
    as_written,
    catalogue,
    cell_paths,
    choice_of,
    is_graded,
    joins,
    matrix_of,
    names_bodies,
    offered,
    one_of,
    pair_path,
    plan_key,
    plan_of,
    plans_of,
    plural,
    query,
    sides_of,
    thing_of,
    thing_path,
)
from ecp_graph.web.pages.overlap.files import matrix_file, title_of
from ecp_graph.web.pages.overlap.telling import (
    MOST_ROWS,
    causes_of_finding,
    counted,
    groups_of_pairs,
    lead_of,
    marks_between,
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
from ecp_graph.web.show.terms import iri
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("overlap", __name__)
ENTRY: Final = NavigationEntry("Overlap", "overlap.index", (SHARING, THINGS, LINKS, FINDINGS, GRADES, KINDS))

#: The query of what is shared most, with the tag of the dimension that shares it.
_SHARED: Final = "overlap-things"
#: The queries of the actions and of the passages that show findings.
_ROWS: Final = "overlap-rows"
_PASSAGES: Final = "overlap-passages"
#: Findings, pairs and shared things that a page lists; the downloads have all of them.
_MOST_LISTED: Final = 100
#: Things to which nothing is joined that a page names.
_MOST_LONE: Final = 300


@blueprint.get("/overlap")
def index() -> AnyResponse:
    """The first matrix; a form that names two dimensions is led to theirs."""
    asked = {name: request.args.get(name, "") for name in ("rows", "columns")}
    if any(asked.values()):
        kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in asked and value}
        sides = sides_of(f"{asked['rows']}-{asked['columns']}")
        return redirect(url_for("overlap.matrix", pair=sides.path, **kept))
    return _matrix_page(offered()[0])


@blueprint.get("/overlap/<pair>")
def matrix(pair: str) -> Response:
    """One matrix as a page."""
    return _matrix_page(sides_of(pair))


@blueprint.get("/overlap/<pair>.<any(svg, csv, xlsx):extension>")
def download(pair: str, extension: str) -> Response:
    """One matrix as a drawing, or its numbers as a table."""
    sides = sides_of(pair)
    choice = choice_of(sides)
    return matrix_file(sides, choice, _given(is_graded(sides), choice), extension)


@blueprint.get("/overlap/<pair>/<first>/<second>")
def cell(pair: str, first: str, second: str) -> Response:
    """What is behind one cell: what two share or what joins them, the rows, the passages, the queries."""
    sides = sides_of(pair)
    one, other = thing_of(sides.rows, first), thing_of(sides.columns, second)
    graded = is_graded(sides)
    panels = panels_of_finding(one, other) if graded else panels_of_links(one, other)
    causes = causes_of_finding(panels) if graded else []
    return page(
        "overlap/cell.html",
        sides=sides,
        one=one,
        other=other,
        is_graded=graded,
        panels=panels,
        causes=causes,
        lead=lead_of(catalogue(), causes) if names_bodies(sides) else "",
        summary=summary_of(catalogue(), marks_between(catalogue(), one, other)) if graded else None,
        marks={} if graded else ties_of(panels[0].panel, joins()),
        relation=relation_words(catalogue(), frozenset((one.iri, other.iri))),
        open=open_actions(catalogue()) if names_bodies(sides) else None,
        grades=panel(GRADES) if graded else None,
        overlap_kinds=panel(KINDS) if graded else None,
        ties=query(LINKS).values_of("tie"),
        told=lambda counts: told(catalogue(), counts),
        pair_path=pair_path,
        term=iri,
    )


@blueprint.get("/overlap/on/<dimension>/<slug>")
def on(dimension: str, slug: str) -> Response:
    """Who shares one thing with whom, and what proves it."""
    thing = thing_of(dimension, slug)
    secretariat = one_of("secretariat", ("", "with", "without")) or "without"
    plans = plans_of(SHARING, _ROWS, _PASSAGES)
    plan = plan_of(plans)
    given = {"thing": thing.iri, "secretariat": secretariat} | ({"plan": plan.iri} if plan else {})
    kinds = list(query(SHARING).values_of("dimension"))
    sharing = [(kind, panel_of_page(SHARING, _MOST_LISTED, dimension=kind, **given)) for kind in kinds]
    return page(
        "overlap/on.html",
        thing=thing,
        secretariat=secretariat,
        plan=plan,
        plans=plans,
        apart=joins().set_apart,
        sharing=sharing,
        pairs=pairs_on(sharing[0][1], kinds[0], **given) if sharing else 0,
        rows=panel_of_page(_ROWS, MOST_ROWS, **given),
        passages=panel_of_page(_PASSAGES, MOST_ROWS, **given),
        grades=panel(GRADES),
        overlap_kinds=panel(KINDS),
        related=relations(catalogue()),
        pair_of=lambda *pair: frozenset(pair),
        plural=plural,
        term=iri,
        pair_path=pair_path,
        most_listed=_MOST_LISTED,
    )


def _matrix_page(sides: Sides) -> Response:
    choice, known = choice_of(sides), joins()
    found = matrix_of(sides, choice)
    plan = next((plan for plan in known.plans if plan.iri == choice.plan), None)
    related = relations(catalogue()) if found.is_graded else {}
    given = _given(found.is_graded, choice)
    address = url_for("overlap.matrix", pair=sides.path, **given)
    response = page(
        "overlap/matrix.html",
        embedded=is_embedded(),
        caption=caption_of(title_of(sides, choice), address),
        embed=url_for("overlap.matrix", pair=sides.path, embed=1, _external=True, **given),
        sides=sides,
        choice=choice,
        matrix=found,
        given=given,
        plan=plan,
        plans=plans_of(),
        offered=offered(),
        compares_plans=compares_plans(),
        dimensions=known.dimensions,
        on_what=known.things_on(sides.rows) if found.is_graded else (),
        apart=known.set_apart,
        can_set_apart=any(thing.dimension in (sides.rows, sides.columns) for thing in known.set_apart.things),
        groups=groups_of_pairs(found, related) if found.is_graded else [],
        related=related,
        told=lambda causes: told(catalogue(), causes),
        as_written=as_written,
        counted=counted,
        pair_of=lambda *pair: frozenset(pair),
        known_kinds=[kind for kind in known.kind_ranks if kind in {kind for _, kind, _ in known.marks()}],
        used_kinds=[kind for kind in known.kind_ranks if any(kind in cell.kinds for cell in found.cells.values())],
        open=open_actions(catalogue()) if names_bodies(sides) else None,
        grades=panel(GRADES) if found.is_graded else None,
        overlap_kinds=panel(KINDS) if found.is_graded else None,
        findings=_findings(sides, choice) if found.is_graded else None,
        things=_things_met(sides, choice),
        links=None if found.is_graded else _foot_of(LINKS),
        ties=query(LINKS).values_of("tie"),
        letters=tuple(found.ranks),
        cell_path=cell_paths(sides),
        most_listed=_MOST_LISTED,
        most_lone=_MOST_LONE,
        thing_path=thing_path,
        plural=plural,
        term=iri,
    )
    return framed_by_others(response)


def _given(graded: bool, choice: Choice) -> dict[str, Any]:
    """Return a choice as the values of the query string, without what is not chosen."""
    given = {
        "grade" if graded else "tie": choice.weakest,
        "kind": choice.kind,
        "on": choice.on,
        "secretariat": "with" if choice.with_everywhere else "",
        "plan": next((plan_key(plan) for plan in joins().plans if plan.iri == choice.plan), ""),
        "row": choice.row_words,
        "column": choice.column_words,
    }
    return {name: value for name, value in given.items() if value}


def _findings(sides: Sides, choice: Choice) -> Panel | None:
    """Return the findings behind a matrix as a panel, with the same choice where the query knows it.

    The query is `overlap-bodies` for bodies, as it is for the command.
    """
    name = f"overlap-{plural(sides.rows)}"
    return _chosen(name, choice) if name in catalogue() else None


def _things_met(sides: Sides, choice: Choice) -> Panel | None:
    """Return the things that are shared most, for the matrix of the dimension that the query is about."""
    if sides.rows != sides.columns or _SHARED not in catalogue() or sides.rows not in query(_SHARED).tags:
        return None
    return _chosen(_SHARED, replace(choice, weakest="", kind=""))


def _chosen(name: str, choice: Choice) -> Panel | None:
    """Return the rows of a query of findings under a choice; None for a query that cannot choose by plan."""
    if choice.plan and not query(name).parameter("plan"):
        return None
    given = {
        "grade": choice.weakest,
        "kind": choice.kind,
        "on": choice.on,
        "secretariat": "with" if choice.with_everywhere else "",
        "plan": choice.plan,
    }
    return panel_of_page(
        name, _MOST_LISTED, **{key: value for key, value in given.items() if query(name).parameter(key)}
    )


def _foot_of(name: str) -> Panel:
    """Return a panel of a query without its rows, for its links alone; the matrix holds what was made of them."""
    found = query(name)
    return Panel(found, {}, bind(found, {}, site().engine), Table((), ()))

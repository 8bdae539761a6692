"""``/actions``: the actions as a table with facets; the URL contains the whole state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, Response, g, redirect, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from ecp_graph.queries.binding import bind
from ecp_graph.queries.sheets import about_query, headings_of
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.columns import heading
from ecp_graph.sparql.formats import TURTLE
from ecp_graph.web.drawings.frame import caption_of
from ecp_graph.web.http.downloads import download, table_as
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.actions.choice import (
    FACETS,
    LIST,
    PERIOD,
    TIMES,
    WORDS,
    ActionList,
    Selection,
    action_list,
    selection_of,
    sparql_of,
)
from ecp_graph.web.pages.actions.facets import Facet, Narrowed, Value, positions
from ecp_graph.web.show.terms import local_path, visible
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("actions", __name__)
ENTRY: Final = NavigationEntry("Actions", "actions.index", (LIST, TIMES, FACETS))

#: The orders, by the name in the address; what has no deadline comes after what has one.
ORDERS: Final = {"number": "Number", "deadline": "Deadline", "chapter": "Chapter"}
_GRAPH: Final = "actions-as-graph"
#: Values of a facet that are in sight, and that a page shows at all.
_IN_SIGHT: Final = 7
_MOST_VALUES: Final = 60
_BLANK: Final = Markup('<span class="blank">not stated</span>')
#: Rows of one page; a smaller setting for result pages holds here too.
_MOST_ROWS: Final = 100


@dataclass(frozen=True)
class Chip:
    """One choice that can be dropped: what it says, and the address without it."""

    facet: str
    label: str
    address: str


@dataclass(frozen=True)
class Option:
    """One value of a facet on the page."""

    value: Value
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet on the page: the options in sight, those behind "more", and how many are on no page."""

    name: str
    label: str
    options: Sequence[Option]
    more: Sequence[Option]
    left_out: int
    chosen: int


@blueprint.get("/actions")
def index() -> Response:
    """The page: facets with counts, the choices that hold, and the rows that are left."""
    actions, selection, order = _asked()
    narrowed = actions.narrow(selection)
    rows = _ordered(actions, positions(narrowed.things), order)
    size = min(_MOST_ROWS, site().settings.page_rows)
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    state = _state(selection, order)
    return page(
        "actions/index.html",
        actions=actions,
        selection=selection,
        order=order,
        orders=ORDERS,
        facets=[_shown(facet, narrowed) for facet in actions.facets.facets.values()],
        chips=_chips(actions, selection, order),
        ways_out=_ways_out(actions, selection, order, narrowed) if not rows else [],
        rows=rows[(number - 1) * size : number * size],
        found=len(rows),
        first=(number - 1) * size + 1,
        number=number,
        pages=pages,
        state=state,
        columns=_columns(actions),
        several=several,
    )


@blueprint.get("/actions.<extension>")
def download_as(extension: str) -> Response:
    """All rows that the address chooses, in its order: CSV, XLSX, JSON, or Turtle of these actions."""
    actions, selection, order = _asked()
    rows = _ordered(actions, positions(actions.narrow(selection).things), order)
    if extension == "ttl":
        wanted = {actions.facets.things[at] for at in rows}
        body = write_rdf(sorted(_graph_of(wanted), key=str), TURTLE)
        return download(body, TURTLE.content_type, "actions.ttl")
    address = url_for("actions.index", **_state(selection, order))
    about = about_query(actions.query, selection.address, caption_of("Actions", address).facts)
    return table_as(
        actions.table(rows), extension, "actions", also=("ttl",), headings=headings_of(actions.query), about=about
    )


@blueprint.get("/actions/sparql")
def editor() -> AnyResponse:
    """Lead to the editor with the query that finds the rows of this address; it orders them by number."""
    actions, selection, _ = _asked()
    return redirect(url_for("sparql.endpoint", query=sparql_of(selection, actions), format="html"))


def facet_label(name: str) -> str:
    """Return the heading of a facet: the words of its name."""
    words = heading(name)
    return words[:1].upper() + words[1:]


def several(values: Sequence[Value], unnamed: str = "") -> Markup:
    """Return values as a cell of the table; ``unnamed`` is how the row words bodies that it does not name."""
    return Markup(", ").join(_named(value, unnamed) for value in values) or _BLANK


def _named(value: Value, unnamed: str) -> Markup:
    if not value.iri:
        text = escape(visible(unnamed or value.name))
        return Markup(f'<i class="unnamed">{text}</i>')  # noqa: S704 - escaped
    made: dict[str, Markup] = g.setdefault("values", {})  # most stand in several rows
    if value.iri not in made:
        text, title = escape(visible(value.short)), escape(visible(value.name))
        target = local_path(value.iri)
        tag = Markup(f'a href="{escape(target)}"') if target else "span"  # noqa: S704 - escaped
        made[value.iri] = Markup(f'<{tag} title="{title}">{text}</{tag[:4].split()[0]}>')  # noqa: S704 - escaped
    return made[value.iri]


def _asked() -> tuple[ActionList, Selection, str]:
    actions = action_list()
    order = request.args.get("sort", "")
    return actions, selection_of(request.args, actions), order if order in ORDERS else "number"


def _state(selection: Selection, order: str) -> dict[str, Any]:
    return selection.address | ({"sort": order} if order != "number" else {})


def _address(selection: Selection, order: str) -> str:
    return url_for("actions.index", **_state(selection, order))


def _ordered(actions: ActionList, rows: list[int], order: str) -> list[int]:
    if order == "deadline":
        return sorted(rows, key=lambda at: (not actions.rows[at]["ends"], actions.rows[at]["ends"]))
    if order == "chapter":
        chapters = actions.facets.facets.get("chapter")
        places = {value.key: place for place, value in enumerate(chapters.values)} if chapters else {}
        of_thing = actions.facets.of_thing
        return sorted(
            rows, key=lambda at: [places[value.key] for value in of_thing[at].get("chapter", ())] or [1 << 30]
        )
    return rows


def _shown(facet: Facet, narrowed: Narrowed) -> ShownFacet:
    counts, chosen = narrowed.counts(facet.name), narrowed.chosen.get(facet.name, ())
    options = [Option(value, counts[value.key], value.key in chosen) for value in facet.values]
    if len(options) > _MOST_VALUES:  # those that would find nothing are the first to go
        options = sorted(options, key=lambda option: (not option.is_chosen, -option.count))[:_MOST_VALUES]
    cut = _IN_SIGHT if len(options) > _IN_SIGHT + 1 else len(options)
    in_sight = [o for at, o in enumerate(options) if at < cut or o.is_chosen]
    more = [o for at, o in enumerate(options) if at >= cut and not o.is_chosen]
    left_out = len(facet.values) - len(options)
    return ShownFacet(facet.name, facet_label(facet.name), in_sight, more, left_out, len(chosen))


def _chips(actions: ActionList, selection: Selection, order: str) -> list[Chip]:
    chips = []
    for name, keys in selection.chosen.items():
        for key in keys:
            value = actions.facets.facets[name].by_key.get(key)
            label = value.short if value else f"{key} (not in this graph)"
            chips.append(Chip(facet_label(name), label, _address(selection.without(name, key), order)))
    if selection.words:
        chips.append(Chip("Title contains", selection.words, _address(selection.without(WORDS), order)))
    if period := _period(selection):
        chips.append(Chip("Due", period, _address(selection.without(PERIOD), order)))
    return chips


def _ways_out(actions: ActionList, selection: Selection, order: str, narrowed: Narrowed) -> list[tuple[str, int, str]]:
    """Return what to drop so that rows appear: its name, the rows then, and the address."""
    names = {WORDS: "the words in the title", PERIOD: "the period"}
    return [
        (names.get(part) or f"the {heading(part)}", count, _address(selection.without(part), order))
        for part, count in narrowed.ways_out()
    ]


def _period(selection: Selection) -> str:
    if selection.begins and selection.ends:
        return f"{selection.begins} to {selection.ends}"
    return f"from {selection.begins}" if selection.begins else f"until {selection.ends}" if selection.ends else ""


def _columns(actions: ActionList) -> list[tuple[str, str]]:
    """Return the facets that the header of their query lists as columns of the table, each with its heading.

    The time has a column of its own.
    """
    return [(name, label or name) for name, label in actions.columns.items() if name in actions.facets.facets]


def _graph_of(wanted: set[str]) -> list[ox.Triple]:
    """Return the triples of some actions, with their timeframes and the names of what these refer to, each once."""
    by_subject = site().keep(("actions graph",), _read_graph)
    others = set(action_list().facets.things) - wanted
    found: list[ox.Triple] = []
    seen: set[str] = set()
    left = list(wanted)
    while left:
        subject = left.pop()
        if subject not in seen and subject not in others:
            seen.add(subject)
            found += by_subject.get(subject, ())
            left += [t.object.value for t in by_subject.get(subject, ()) if isinstance(t.object, ox.NamedNode)]
    return found


def _read_graph() -> dict[str, list[ox.Triple]]:
    here = site()
    assert here.catalogue is not None  # noqa: S101 - pages are registered with a catalogue only
    bound = bind(here.catalogue[_GRAPH], {}, here.engine)
    body = here.engine.query(bound, fmt="nt", timeout_s=here.settings.timeout).read()
    by_subject: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, ox.NamedNode):
            by_subject.setdefault(quad.subject.value, []).append(quad.triple)
    return by_subject

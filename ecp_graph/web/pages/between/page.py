"""``/overlap/plans``: which plans have work in common; ``/overlap/plans/A/B``: what A has in common with B."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, url_for

from ecp_graph.overlap.reading import KINDS
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages.between.pair import pair_of
from ecp_graph.web.pages.between.plans import PLANS, UNREAD, Plan, counts, has_queries, matrix_of, plans, unread_of
from ecp_graph.web.show.panels import Panel, panel, panel_of_first, panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("between", __name__)

#: Plans that a matrix shows, and actions of one plan that a list does.
_MOST_PLANS: Final = 60
_MOST_ACTIONS: Final = 200
#: Counts of kinds and causes that the page of all plans lists; the downloads have all of them.
_MOST_COUNTS: Final = 200
#: The query of what no plan takes up, and how much of it a page shows.
_GAPS: Final = "things-not-taken-up"
_MOST_GAPS: Final = 200
#: The kind of what only the likeness of words speaks for.
_POSSIBLE: Final = "possible"


@blueprint.get("/overlap/plans")
def index() -> Response:
    """The plans against each other."""
    _need_queries()
    kinds, found = panel(KINDS), counts()
    return page(
        "between/index.html",
        matrix=matrix_of(found, [row["kind"] for row in kinds.rows], _POSSIBLE, _MOST_PLANS),
        counts=panel_of_page(PLANS, _MOST_COUNTS),
        most_counts=_MOST_COUNTS,
        kinds=kinds,
        used={kind for of in found.values() for kind in of},
        unread=panel(UNREAD),
        gaps=_gaps(),
        pair_path=_pair_path,
        term=lambda iri: Term("iri", iri),
    )


@blueprint.get("/overlap/plans/<one>/<other>")
def pair(one: str, other: str) -> Response:
    """One plan against another."""
    _need_queries()
    first, second = _plan(one), _plan(other)
    if first == second:
        raise HttpError(404, "one-plan", f"'{one}' is one plan. Name another one to compare it with.")
    kinds = panel(KINDS)
    return page(
        "between/pair.html",
        one=first,
        other=second,
        pair=pair_of(first, second, _POSSIBLE),
        kinds={row["kind"]: row for row in kinds.rows},
        possible=_POSSIBLE,
        unread=unread_of(first, second),
        most_actions=_MOST_ACTIONS,
        swapped=url_for("between.pair", one=other, other=one),
        term=lambda iri: Term("iri", iri),
    )


def _gaps() -> Panel | None:
    """Return what no plan takes up; None in a workspace without that query."""
    catalogue = site().catalogue
    return panel_of_first(_GAPS, _MOST_GAPS) if catalogue is not None and _GAPS in catalogue else None


def _plan(slug: str) -> Plan:
    found = plans().get(slug)
    if found is None:
        known = ", ".join(list(plans())[:20]) or "none"
        raise HttpError(404, "unknown-plan", f"There is no plan '{slug}' with actions. There are: {known}.")
    return found


def _pair_path(one: Plan, other: Plan) -> str:
    """Return the address of one plan against another; in the static site there is one for both."""
    pair = (one.slug, other.slug)
    first, second = sorted(pair) if current_app.config["TWIN"] else pair
    return url_for("between.pair", one=first, other=second)


def _need_queries() -> None:
    if not has_queries():
        raise HttpError(404, "no-comparison", "This workspace has no queries of what plans have in common.")

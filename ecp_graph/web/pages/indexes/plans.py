"""``/plans``: the plans whose actions are here, with their sizes and periods, then those that are only spoken of."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from ecp_graph.sparql.moments import period
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.indexes.listing import Column, Entry, Listing, panels_of
from ecp_graph.web.pages.indexes.showing import file_of, page_of
from ecp_graph.web.show.panels import Panel, Row
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("plans", __name__)
_PLANS: Final = "plans"
_SIZES: Final = "plans-at-a-glance"
ENTRY: Final = NavigationEntry("Plans", "plans.index", (_PLANS,))

_COLUMNS: Final = (
    Column("status", "Approval"),
    Column("period", "Period"),
    Column("chapters", "Chapters", is_number=True),
    Column("actions", "Actions", is_number=True),
    Column("bodies", "Bodies", is_number=True),
    Column("programmes", "Programmes", is_number=True),
)
_LEAD: Final = (
    "Plans whose actions are in the graph come first, the latest at the top. The others are only mentioned in the "
    "documents; their actions are not in the graph."
)


@blueprint.get("/plans")
def index() -> Response:
    """The page: the plans that the address chooses."""
    return page_of("plans", "Plans", _LEAD, _listing(), _panels())


@blueprint.get("/plans.<extension>")
def download_as(extension: str) -> Response:
    """The same rows as CSV, XLSX or JSON."""
    return file_of("plans", _listing(), extension)


def _panels() -> list[Panel]:
    return panels_of(_PLANS, _SIZES)


def _listing() -> Listing:
    return site().keep(("index", "plans"), _made)


def _made() -> Listing:
    plans, *sizes = _panels()
    rows: dict[str, list[Row]] = {row["plan"]: [] for found in sizes for row in found.rows}
    measured = {row["plan"]: row for found in sizes for row in found.rows}
    for row in plans.rows:  # a plan of two kinds or periods has several rows
        rows.setdefault(row["plan"], []).append(row)
    return Listing(tuple(_entry(iri, of_plan, measured.get(iri)) for iri, of_plan in rows.items()), _COLUMNS)


def _entry(iri: str, rows: list[Row], size: Row | None) -> Entry:
    first = rows[0] if rows else size or {}
    cells = {
        "status": first.get("status", ""),
        "period": period(first.get("begins", ""), first.get("ends", "")) or first.get("periods", ""),
        **{name: size[name] for name in ("chapters", "actions", "bodies", "programmes") if size},
    }
    kinds = tuple(dict.fromkeys(row["kind"] for row in rows if row.get("kind")))
    return Entry(iri, first.get("name", ""), "", kinds, (), cells)

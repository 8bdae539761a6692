"""``/instruments``: the instruments with their kinds, their actions by plan, and how many bodies meet on each."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.indexes.listing import Column, Entry, Listing, in_plans, panels_of, words_of
from ecp_graph.web.pages.indexes.showing import file_of, page_of
from ecp_graph.web.show.panels import Panel
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("instruments", __name__)
_INSTRUMENTS: Final = "instruments"
_THINGS: Final = "overlap-things"
ENTRY: Final = NavigationEntry("Instruments", "instruments.index", (_INSTRUMENTS,))

_COLUMNS: Final = (
    Column("phase", "Delivered under phase"),
    Column("actions", "Actions", is_number=True),
    Column("bodies", "Bodies that meet on it", is_number=True),
)
_LEAD: Final = (
    "Every convention, standard, set of guidelines, method or other means that the documents name. An action that only "
    "names it as an example does not count."
)


@blueprint.get("/instruments")
def index() -> Response:
    """The page: the instruments that the address chooses."""
    return page_of("instruments", "Instruments", _LEAD, _listing(), _panels())


@blueprint.get("/instruments.<extension>")
def download_as(extension: str) -> Response:
    """The same rows as CSV, XLSX or JSON."""
    return file_of("instruments", _listing(), extension)


def _panels() -> list[Panel]:
    return panels_of(_INSTRUMENTS, _THINGS, on="instrument")


def _listing() -> Listing:
    return site().keep(("index", "instruments"), _made)


def _made() -> Listing:
    instruments, *things = _panels()
    meeting = {row["thing"]: row["bodyCount"] for found in things for row in found.rows}
    plans, word = in_plans("instrument"), words_of("instrument-kinds")
    entries = []
    for row in instruments.rows:
        iri = row["instrument"]
        key, of_plans = plans.get(iri, ("", ()))
        cells = {
            "phase": row["deliveredUnder"],
            "actions": str(sum(plan.actions for plan in of_plans)),
            "bodies": meeting.get(iri, "0"),
        }
        kinds = tuple(word(kind) for kind in row["kinds"].split(", ") if kind)
        entries.append(Entry(iri, row["name"], "", kinds, of_plans, cells, key))
    return Listing(tuple(entries), _COLUMNS)

"""``/bodies``: the bodies with their kinds, their actions by plan, and how many others they meet."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from ecp_graph.overlap.counting import CELLS, causes_in_words, words_of_causes
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.indexes.listing import Column, Entry, Listing, codes_as_written, in_plans, panels_of, words_of
from ecp_graph.web.pages.indexes.showing import file_of, page_of
from ecp_graph.web.show.panels import Panel, Row
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("bodies", __name__)
_BODIES: Final = "bodies"
_MEMBERS: Final = "overlap-members"
ENTRY: Final = NavigationEntry("Bodies", "bodies.index", (_BODIES,))

_COLUMNS: Final = (
    Column("actions", "Actions", is_number=True),
    Column("others", "Meets", is_number=True),
    Column("causes", "On"),
)
#: The columns of the counts of causes, by the kind of cause.
_CAUSES: Final = {
    "action": "actions",
    "joint session": "sessions",
    "decision": "decisions",
    "instrument": "instruments",
    "theme": "themes",
    "similar work": "similar",
}
_LEAD: Final = (
    "Bodies that a plan makes responsible or lists, or that own a programme. “Meets” is the number of bodies with "
    "which a body shares rows, sessions or themes; “On” counts each of these once."
)


@blueprint.get("/bodies")
def index() -> Response:
    """The page: the bodies that the address chooses."""
    panels = _panels()
    return page_of("bodies", "Bodies", " ".join(filter(None, (_LEAD, _left_out(panels[0])))), _listing(), panels)


@blueprint.get("/bodies.<extension>")
def download_as(extension: str) -> Response:
    """The same rows as CSV, XLSX or JSON."""
    return file_of("bodies", _listing(), extension)


def _panels() -> list[Panel]:
    return panels_of(_BODIES, _MEMBERS, dimension="body")


def _left_out(bodies: Panel) -> str:
    """Return a sentence on the bodies that are responsible for actions and of which is not counted whom they meet."""
    apart = bodies.query.values_of("kind")
    names = [row["name"] for row in bodies.rows if row["kind"] in apart and int(row["actions"])]
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} left out there." if names else ""


def _listing() -> Listing:
    return site().keep(("index", "bodies"), _made)


def _made() -> Listing:
    bodies, *members = _panels()
    meets = {row["member"]: row for found in members for row in found.rows}
    plans, written = in_plans("body"), codes_as_written()
    word = words_of("body-kinds")
    everywhere = bodies.query.values_of("kind")
    entries = []
    for row in bodies.rows:
        key, of_plans = plans.get(row["body"], ("", ()))
        code = written.get(row["body"], row["code"])
        cells = {"actions": row["actions"]}
        if row["kind"] not in everywhere:
            cells |= _meetings(meets.get(row["body"]))
        kinds = (word(row["kind"]),) if row["kind"] else ()
        entries.append(Entry(row["body"], row["name"], code, kinds, of_plans, cells, key))
    return Listing(tuple(entries), _COLUMNS)


def _meetings(row: Row | None) -> dict[str, str]:
    """Return the cells of how many others a body meets, and on what, counted by cause."""
    catalogue = site().catalogue
    if row is None or catalogue is None:
        return {"others": "0", "causes": ""}
    words = words_of_causes(catalogue[CELLS]) if CELLS in catalogue else {}
    counts = {cause: int(row[column]) for cause, column in _CAUSES.items() if int(row[column])}
    return {"others": row["others"], "causes": causes_in_words(counts, words)}

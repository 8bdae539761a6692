"""The pages, one folder each, with the view and its templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app

from ecp_graph.errors import EcpGraphError
from ecp_graph.web.state.site import site

__all__ = ["NAVIGATION", "Entry", "navigation"]


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation: the area, what it is called, the endpoint, and the query that the page stands on."""

    area: str
    label: str
    endpoint: str
    query: str = ""


NAVIGATION: Final = (
    Entry("actions", "Actions", "actions.index", "actions"),
    Entry("overlap", "Overlap", "overlap.index", "dimension-links"),
    Entry("timeline", "Timeline", "timeline.index", "actions-in-time"),
    Entry("queries", "Queries", "queries.index"),
    Entry("sparql", "SPARQL", "sparql.endpoint"),
    Entry("validation", "Validation", "validation.index"),
    Entry("ontology", "Ontology", "ontology.index"),
    Entry("dataset", "Data", "dataset.index"),
)


def navigation() -> list[Entry]:
    """Return the entries that there are pages and queries for; over plain files that is the endpoint alone.

    Without a release, or with a damaged catalogue, there are none: the page that says so must not fail for it.
    """
    try:
        catalogue = site().catalogue
    except EcpGraphError:
        return []
    if catalogue is None:
        return [entry for entry in NAVIGATION if entry.area == "sparql"]
    known = [entry for entry in NAVIGATION if entry.endpoint in current_app.view_functions]
    return [entry for entry in known if not entry.query or entry.query in catalogue]

"""The pages and their addresses, one module each; their templates lie in a folder of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app

__all__ = ["NAVIGATION", "Entry", "navigation"]


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation: the area of the site, what it is called, and the endpoint that it leads to."""

    area: str
    label: str
    endpoint: str


NAVIGATION: Final = (
    Entry("actions", "Actions", "actions.index"),
    Entry("overlap", "Overlap", "overlap.index"),
    Entry("timeline", "Timeline", "timeline.index"),
    Entry("queries", "Queries", "queries.index"),
    Entry("sparql", "SPARQL", "sparql.endpoint"),
    Entry("validation", "Validation", "validation.index"),
    Entry("ontology", "Ontology", "ontology.index"),
    Entry("dataset", "Data", "dataset.index"),
)


def navigation(*, with_catalogue: bool) -> list[Entry]:
    """Return the entries that this app has pages for; over plain files there is the endpoint alone."""
    known = [entry for entry in NAVIGATION if entry.endpoint in current_app.view_functions]
    return [entry for entry in known if with_catalogue or entry.area == "sparql"]

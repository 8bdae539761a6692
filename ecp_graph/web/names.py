"""The names of things for pages: asked once for each release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import g

from ecp_graph.queries.names import QUERY, Named, gather
from ecp_graph.queries.parameters import bind
from ecp_graph.web.site import site

__all__ = ["name_of", "names"]


def names() -> Mapping[str, Named]:
    """Return every thing that has a name, by its IRI; nothing when the catalogue has no query ``names``."""
    if "names" not in g:  # a page looks up hundreds
        g.names = _names()
    return cast("Mapping[str, Named]", g.names)


def _names() -> Mapping[str, Named]:
    here = site()
    catalogue = here.catalogue
    if catalogue is None or QUERY not in catalogue:
        return {}
    query = catalogue[QUERY]
    return here.keep("names of things", lambda: gather(here.ask(bind(query, {}, here.engine))))


def name_of(iri: str) -> str:
    """Return the label of a thing, or its IRI in short when it has none."""
    from ecp_graph.namespaces import compact

    named = names().get(iri)
    return named.label if named else compact(iri)

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
    found, refusal = here.keep("names of things", lambda: _gathered(bind(query, {}, here.engine)))
    if refusal is not None:
        raise refusal
    return found


def _gathered(sparql: str) -> tuple[Mapping[str, Named], Exception | None]:
    """Return the names, or why there are too many; both take long to find out, so both are kept."""
    from ecp_graph.errors import ResultTooLarge

    try:
        return gather(site().ask(sparql)), None
    except ResultTooLarge as refusal:
        return {}, refusal


def name_of(iri: str) -> str:
    """Return the label of a thing, or its IRI in short when it has none."""
    from ecp_graph.engine.results import Term
    from ecp_graph.errors import ResultTooLarge
    from ecp_graph.explain.statements import names_of
    from ecp_graph.namespaces import compact

    here = site()
    try:
        named = names().get(iri)
        label = named.label if named else ""
    except ResultTooLarge:
        asked = here.keep(
            ("name", iri), lambda: names_of(here.engine, [Term("iri", iri)], timeout_s=here.settings.timeout)
        )
        label = asked.get(iri, "")
    return label or compact(iri)

"""``/sparql/terms.json`` and ``/sparql/examples.json``: completion data and examples for the editor."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Blueprint, Response

from ecp_graph.namespaces import compact, names
from ecp_graph.web.http.responses import data
from ecp_graph.web.pages.sparql.examples import example_text
from ecp_graph.web.show.panels import panel
from ecp_graph.web.show.terms import places
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("editor", __name__)

#: The query of the catalogue that lists the terms; a workspace without it has prefixes alone.
_TERMS: Final = "terms"
#: What SPARQL takes behind a prefix without an escape (rule PN_LOCAL, in ASCII).
_PLAIN_LOCAL: Final = re.compile(r"[\w-]+:[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)


@blueprint.get("/sparql/terms.json")
def terms() -> Response:
    """The prefixes, the namespaces that have pages on this host, and the terms, each ``[name, label, kind]``."""
    return data(
        {
            "base": names().base,
            "prefixes": dict(names().prefixes),
            "places": [[namespace, path] for namespace, path in places()],
            "terms": site().keep("editor terms", _terms),
        }
    )


@blueprint.get("/sparql/examples.json")
def examples() -> Response:
    """The name of each query of the catalogue with its text, which runs as it stands."""
    return data(site().keep("editor examples", _examples))


def _terms() -> list[list[str]]:
    catalogue = site().catalogue
    if catalogue is None or _TERMS not in catalogue:
        return []
    return [[_name(row["term"]), row["label"], row["kind"]] for row in panel(_TERMS).rows]


def _name(iri: str) -> str:
    """Return how a query writes an IRI: as a prefixed name where it can be one."""
    short = compact(iri)
    return short if _PLAIN_LOCAL.fullmatch(short) else f"<{iri}>"


def _examples() -> dict[str, Any]:
    catalogue = site().catalogue
    return {query.name: example_text(query) for query in catalogue.values()} if catalogue is not None else {}

"""IRIs that end like a format suffix: ``…/id/file/plan.ttl`` may be a thing, or a format of another document."""

from __future__ import annotations

from typing import Final

from flask import current_app

from ecp_graph.namespaces import names
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS
from ecp_graph.web.state.site import site

__all__ = ["may_be_named"]

_SUCH: Final = """
SELECT ?thing WHERE {{
  {{ SELECT DISTINCT ?thing {{
    {{ ?thing ?out ?any }} UNION {{ ?any ?in ?thing }} UNION {{ GRAPH ?thing {{ ?s ?p ?o }} }}
  }} }}
  FILTER (isIRI(?thing) && STRSTARTS(STR(?thing), "{base}") && REGEX(STR(?thing), "[.]({suffixes})$"))
}}
"""


def may_be_named(iri: str) -> bool:
    """Return whether there may be a thing with this IRI, which ends like a format; raises what the engine raises.

    A server checks on demand. The twin requests every format of everything, so it finds all such names in advance.
    """
    if not current_app.config["TWIN"]:
        return True
    here = site()
    query = _SUCH.format(base=names().base, suffixes="|".join(["html", *DOCUMENT_FORMATS]))
    return iri in here.keep(
        "names that end as forms do", lambda: {row[0].value for row in here.ask(query).rows if row[0]}
    )

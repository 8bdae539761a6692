"""Responses for unknown and for deprecated names."""

from __future__ import annotations

import difflib
from typing import Final

from flask import Response, jsonify, make_response, render_template, request

from ecp_graph.linked_data.document import Standing, named_node
from ecp_graph.namespaces import compact, names
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.errors import error_body, wants_html
from ecp_graph.web.state.site import site

__all__ = ["gone", "missing"]

_NEAREST: Final = 5
_LIKENESS: Final = 0.6
#: Names that are read to find the nearest; more would make a wrong address dear.
_MOST_NAMES: Final = 2_000
_NAMES: Final = """
SELECT ?thing (SAMPLE(?label) AS ?name) WHERE {{
  {{ ?thing skos:prefLabel ?label }} UNION {{ ?thing ecp:locator ?label }}
  FILTER (STRSTARTS(STR(?thing), {start}))
}}
GROUP BY ?thing
LIMIT {limit}
"""


def missing(iri: str) -> Response:
    """Return the 404 for an unknown thing, with the things that have a similar slug or label."""
    near = _nearest(iri)
    message = f"The graph contains nothing named {compact(iri)}."
    if near:
        message += f" Did you mean {', '.join(term.text for term, _ in near)}?"
    return _respond(404, "unknown-thing", message, f"The graph has nothing named {compact(iri)}", near)


def gone(standing: Standing) -> Response:
    """Return the 410 for a deprecated thing, with its replacement if one is stated."""
    heading = f"{compact(standing.iri)} is no longer used"
    replacements = [(Term("iri", iri), "") for iri in standing.replaced_by]
    message = f"{heading}."
    if replacements:
        message += f" It is replaced by {', '.join(term.text for term, _ in replacements)}."
    return _respond(410, "gone", message, heading, replacements)


def _respond(status: int, code: str, message: str, heading: str, things: list[tuple[Term, str]]) -> Response:
    if wants_html():
        page = render_template("documents/missing.html", status=status, heading=heading, things=things)
        response = make_response(page, status)
    else:
        response = make_response(jsonify(error_body(code, message)), status)
    response.vary.add("Accept")
    return response


def _nearest(iri: str) -> list[tuple[Term, str]]:
    """Return the nearest things, first among those of the same type, each with its name."""
    known = _names(iri.rpartition("/")[0] + "/") or _names(names().base + request.path.split("/")[1] + "/")
    wanted = iri.rpartition("/")[2].casefold()
    keys = {name.casefold(): thing for thing, name in known.items()}
    keys |= {thing.rpartition("/")[2].casefold(): thing for thing in known}
    words = wanted.replace("-", " ")
    near = [
        *difflib.get_close_matches(wanted, keys, n=_NEAREST, cutoff=_LIKENESS),
        *difflib.get_close_matches(words, keys, n=_NEAREST, cutoff=_LIKENESS),
    ]
    found = list(dict.fromkeys(keys[key] for key in near))[:_NEAREST]
    return [(Term("iri", thing), known[thing]) for thing in found]


def _names(start: str) -> dict[str, str]:
    if named_node(start) is None:
        return {}
    import pyoxigraph as ox

    here = site()
    query = _NAMES.format(start=ox.Literal(start), limit=_MOST_NAMES)
    table = here.keep(("names", start), lambda: here.ask(query))
    return {thing.value: name.value for thing, name in table.rows if thing and name}

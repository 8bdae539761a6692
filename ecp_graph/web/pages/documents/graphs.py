"""A named graph as a document: the page of a reading or of a graph written by the build, and its RDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox
from flask import Response, request

from ecp_graph.addresses import quoted
from ecp_graph.engine import Question
from ecp_graph.linked_data.document import named_node
from ecp_graph.linked_data.places import place_of
from ecp_graph.namespaces import compact, names
from ecp_graph.sparql.formats import TURTLE, Format
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.http.answers import answer_response, ask
from ecp_graph.web.http.document_headers import downloads, finish, licence, links_of, stamp
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS, suffix_of, wanted_form
from ecp_graph.web.http.responses import page
from ecp_graph.web.show.anchors import anchor, certainty_tag
from ecp_graph.web.state.site import site

__all__ = ["graph_response", "local_graph"]

#: Statements on one page; more are on further pages.
_PAGE: Final = 200
_SIZE: Final = "SELECT (COUNT(*) AS ?statements) WHERE {{ GRAPH {graph} {{ ?subject ?property ?value }} }}"
_TRIPLES: Final = "CONSTRUCT {{ ?subject ?property ?value }} WHERE {{ GRAPH {graph} {{ ?subject ?property ?value }} }}"
_STATEMENTS: Final = """
SELECT ?subjectName ?propertyName ?valueName ?subject ?property ?value WHERE {{
  {{
    SELECT ?subject ?property ?value WHERE {{
      GRAPH {graph} {{ ?subject ?property ?value }}
      FILTER (?subject != {graph})
    }} ORDER BY ?subject ?property ?value LIMIT {limit} OFFSET {offset}
  }}
  OPTIONAL {{ ?subject skos:prefLabel ?subjectPreferred }}
  OPTIONAL {{ ?subject rdfs:label ?subjectPlain }}
  BIND (COALESCE(?subjectPreferred, ?subjectPlain) AS ?subjectName)
  OPTIONAL {{ ?property rdfs:label ?propertyName }}
  OPTIONAL {{ ?value skos:prefLabel ?valuePreferred }}
  OPTIONAL {{ ?value rdfs:label ?valuePlain }}
  BIND (COALESCE(?valuePreferred, ?valuePlain) AS ?valueName)
}}
ORDER BY ?subject ?property ?value
"""
_READING: Final = """
SELECT ?locator ?certainty ?kind ?document ?documentName ?passage ?other ?otherCertainty WHERE {{
  {graph} ecp:readingOf ?passage .
  ?passage ecp:locator ?locator .
  OPTIONAL {{ {graph} ecp:certainty/skos:notation ?certainty }}
  OPTIONAL {{ ?passage ecp:passageKind/skos:prefLabel ?kind }}
  OPTIONAL {{
    ?passage ecp:passageOf ?document .
    OPTIONAL {{ ?document skos:prefLabel ?documentName }}
  }}
  OPTIONAL {{
    ?other ecp:readingOf ?passage ; ecp:certainty/skos:notation ?otherCertainty .
    FILTER (?other != {graph})
  }}
}}
ORDER BY ?otherCertainty ?other
"""


@dataclass(frozen=True)
class Statement:
    """One statement of a graph: three terms and their names, which may be empty."""

    subject: Term
    property: Term
    value: Term
    names: tuple[str, str, str]


def local_graph(iri: str, suffix: str = "") -> str:
    """Return the path on this host of a named graph, in the form of the suffix if there is one."""
    return "/graph/" + quoted(place_of(iri, names().graph)) + (f".{suffix}" if suffix else "")


def graph_response(iri: str, suffix: str) -> Response | None:
    """Return the graph with this IRI in the format of the suffix or the Accept header; None if there is none."""
    node = named_node(iri)
    here = site()
    size = here.keep(("graph size", iri), lambda: _size(node)) if node else 0
    if node is None or not size:
        return None
    form = wanted_form(suffix, DOCUMENT_FORMATS, default=TURTLE)
    response = _rdf(node, form) if form else _page(node, size)
    base = local_graph(iri)
    response.headers["Link"] = ", ".join(links_of(base, canonical=iri, licence=licence(), types=[]))
    if not suffix:
        response.headers["Content-Location"] = local_graph(iri, suffix_of(form))
    return stamp(response)


def _size(node: ox.NamedNode) -> int:
    count = site().ask(_SIZE.format(graph=node)).rows[0][0]
    return int(count.value) if count else 0


def _rdf(node: ox.NamedNode, form: Format) -> Response:
    """Return the triples of a graph as the engine streams them; TriG is N-Triples in braces (RDF 1.1 TriG, 2.2)."""
    triples = _TRIPLES.format(graph=node)
    if form.named_graphs == "no":
        return answer_response(Question(triples, form.name), is_reserved=True)
    body = ask(Question(triples, "nt"), is_reserved=True).body
    wrapped = _in_graph(body, node) if form.named_graphs == "only" else _in_braces(body, node)
    return finish(Response(b"".join(wrapped), content_type=form.content_type), node.value, form.name)


def _in_braces(chunks: Iterator[bytes], node: ox.NamedNode) -> Iterator[bytes]:
    yield f"{node} {{\n".encode()
    yield from chunks
    yield b"}\n"


def _in_graph(chunks: Iterator[bytes], node: ox.NamedNode) -> Iterator[bytes]:
    """Yield N-Quads for N-Triples: each line ends in `` .``, and a line break in a literal is escaped."""
    rest = b""
    ending = f" {node} .\n".encode()
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b" .") + ending
    if rest.strip():
        yield rest.rstrip().removesuffix(b" .") + ending


def _page(node: ox.NamedNode, size: int) -> Response:
    number = _page_number(size)
    query = _STATEMENTS.format(graph=node, limit=_PAGE, offset=(number - 1) * _PAGE)
    here = site()
    reading = here.keep(("reading", node.value), lambda: here.ask(_READING.format(graph=node)))
    facts = _facts(reading)
    return page(
        "documents/graph.html",
        term=anchor,
        certainty=certainty_tag,
        graph=Term("iri", node.value),
        title=facts["locator"].value if facts else compact(node.value),
        facts=facts,
        readings=_readings(reading),
        statements=_statements(here.keep(("graph", node.value, number), lambda: here.ask(query))),
        size=size,
        number=number,
        pages=_pages(size),
        first=(number - 1) * _PAGE + 1,
        address=local_graph(node.value),
        downloads=downloads(local_graph(node.value)),
    )


def _page_number(size: int) -> int:
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _pages(size):
        raise HttpError(404, "no-such-page", f"This graph has no page '{text}'; it has {_pages(size)}.")
    return int(text)


def _pages(size: int) -> int:
    return max(1, -(-size // _PAGE))


def _facts(reading: Table) -> dict[str, Term]:
    if not reading.rows:
        return {}
    return {name: term for name, term in zip(reading.columns, reading.rows[0], strict=True) if term}


def _readings(reading: Table) -> list[tuple[Term, str]]:
    """Return the other readings of the same place: each graph and its certainty."""
    found = ((row[6], row[7]) for row in reading.rows)
    return list(dict.fromkeys((other, certainty.value) for other, certainty in found if other and certainty))


def _statements(table: Table) -> list[Statement]:
    found: dict[tuple[Term, Term, Term], Statement] = {}
    for *named, subject, property_, value in table.rows:
        if subject and property_ and value:
            first, second, third = (name.value if name else "" for name in named)
            found.setdefault((subject, property_, value), Statement(subject, property_, value, (first, second, third)))
    return list(found.values())

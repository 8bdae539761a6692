"""The RDF of a document: what the graph says of one thing, both ways, with the passages that say it.

A document holds, each statement in its own named graph:

- the statements about the thing, and those that point to it;
- the names of what it is linked with, so that the document can be read by itself;
- what each named graph in it says of itself: its certainty, and the passage that it is a reading of, with its locator.

Outside every named graph it describes itself: a foaf:Document about the thing, its licence, and the dataset it is of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table, is_known
from ecp_graph.linked_data.places import place_of
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.formats import Format
from ecp_graph.sparql.results import to_ox

__all__ = [
    "Standing",
    "describe_thing",
    "document_iri",
    "licence_of",
    "named_node",
    "self_description",
    "serialise",
    "standing_of",
]

_TYPE: Final = PREFIXES["rdf"] + "type"
_DEPRECATED: Final = PREFIXES["owl"] + "deprecated"
_STANDING: Final = """
SELECT DISTINCT ?property ?value WHERE {{
  VALUES ?property {{ rdf:type owl:deprecated dcterms:isReplacedBy }}
  {thing} ?property ?value
}}
ORDER BY ?property ?value
"""
_REPLACED: Final = """
SELECT ?old WHERE {
  ?old owl:deprecated true ; dcterms:isReplacedBy ?new
}
GROUP BY ?old
HAVING (COUNT(DISTINCT ?new) = 1)
ORDER BY ?old
"""
_BOTH_WAYS: Final = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {{
  {{
    GRAPH ?graph {{ {thing} ?property ?value }}
    BIND ({thing} AS ?subject)
  }} UNION {{
    GRAPH ?graph {{ ?subject ?property {thing} }}
    BIND ({thing} AS ?value)
  }}
}}
"""
_AROUND: Final = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {{
  {{
    {{
      SELECT DISTINCT ?subject {{
        {{ {thing} ?out ?subject }} UNION {{ ?subject ?in {thing} }}
        FILTER (isIRI(?subject))
      }}
    }}
    GRAPH ?graph {{ ?subject ?property ?value }}
    FILTER (?property = skos:prefLabel || ?property = rdfs:label)  # as VALUES, every name of the graph would be read
  }} UNION {{
    {{
      SELECT DISTINCT ?subject {{
        {{ GRAPH ?subject {{ {thing} ?out ?any }} }} UNION {{ GRAPH ?subject {{ ?any ?in {thing} }} }}
      }}
    }}
    GRAPH ?subject {{ ?subject ?property ?value }}
    BIND (?subject AS ?graph)
  }} UNION {{
    {{
      SELECT DISTINCT ?subject {{
        {{ GRAPH ?reading {{ {thing} ?out ?any }} }} UNION {{ GRAPH ?reading {{ ?any ?in {thing} }} }}
        ?reading ecp:readingOf ?subject
      }}
    }}
    GRAPH ?graph {{ ?subject ?property ?value }}
    FILTER (?property = ecp:locator)
  }}
}}
"""
_LICENCE: Final = "SELECT ?licence WHERE {{ <{dataset}> dcterms:license ?licence }} ORDER BY ?licence LIMIT 1"


@dataclass(frozen=True)
class Standing:
    """What has to be known of a thing before it is shown: its classes, and whether it is deprecated and for what.

    ``remark`` is a sentence in English to be said of it wherever it is described.
    """

    iri: str
    types: tuple[str, ...] = ()
    is_deprecated: bool = False
    replaced_by: tuple[str, ...] = ()
    remark: str = ""


def standing_of(engine: Engine, thing: str, *, timeout_s: float | None = None) -> Standing | None:
    """Return the standing of a thing, or None when no statement has it as subject or object.

    Raises what the engine raises.
    """
    node = named_node(thing)
    if node is None:
        return None
    rows = ask_table(engine, _STANDING.format(thing=node), timeout_s=timeout_s).rows
    if not rows and not is_known(engine, node, timeout_s=timeout_s):
        return None
    facts: dict[str, list[str]] = {}
    for property_, value in rows:
        if property_ and value and value.kind != "bnode":
            facts.setdefault(property_.value, []).append(value.value)
    return Standing(
        thing,
        types=tuple(facts.get(_TYPE, ())),
        is_deprecated=bool({"true", "1"} & set(facts.get(_DEPRECATED, ()))),
        replaced_by=tuple(facts.get(PREFIXES["dcterms"] + "isReplacedBy", ())),
    )


def replaced_things(engine: Engine, *, timeout_s: float | None = None) -> list[str]:
    """Return the IRIs of deprecated things that one other thing replaces, sorted.

    Raises what the engine raises.
    """
    table = ask_table(engine, _REPLACED, timeout_s=timeout_s)
    return [old.value for (old,) in table.rows if old is not None and old.kind == "iri"]


def licence_of(engine: Engine, *, timeout_s: float | None = None) -> str:
    """Return the IRI of the dataset's licence; empty when it states none."""
    rows = ask_table(engine, _LICENCE.format(dataset=names().dataset), timeout_s=timeout_s).rows
    return rows[0][0].value if rows and rows[0][0] else ""


def named_node(iri: str) -> ox.NamedNode | None:
    """Return the node of an IRI; None for a text that is none."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def document_iri(thing: str) -> str:
    """Return the IRI of the document about an individual: ``…/doc/body/ptc`` for ``…/id/body/ptc``."""
    return names().base + "doc/" + place_of(thing, names().id)


def describe_thing(
    engine: Engine, thing: str, licence: str, *, remark: str = "", timeout_s: float | None = None
) -> list[ox.Quad]:
    """Return the quads of the document about a thing (IRI), in the order of graph, subject, property and value.

    ``remark`` is a sentence in English that the document says of itself. Raises what the engine raises.
    """
    quads: set[ox.Quad] = set()
    for query in (_BOTH_WAYS, _AROUND):
        for graph, subject, property_, value in ask_table(
            engine, query.format(thing=ox.NamedNode(thing)), timeout_s=timeout_s
        ).rows:
            if graph and subject and property_ and value:
                quads.add(ox.Quad(to_ox(subject), to_ox(property_), to_ox(value), to_ox(graph)))  # type: ignore[arg-type]
    return [*self_description(thing, licence, remark), *sorted(quads, key=_order)]


def serialise(quads: Iterable[ox.Quad], wanted: Format) -> bytes:
    """Return the quads in a format; one that has no named graphs holds their triples, each once.

    Raises FormatUnfit for RDF/XML that could not be read.
    """
    if wanted.named_graphs != "no":
        return write_rdf(quads, wanted)
    return write_rdf(sorted({quad.triple for quad in quads}, key=str), wanted)


def self_description(thing: str, licence: str, remark: str = "") -> list[ox.Quad]:
    """Return what the document about a thing says of itself, outside every named graph; the texts may be empty."""
    document = ox.NamedNode(document_iri(thing))
    facts: list[tuple[str, str, ox.NamedNode | ox.Literal]] = [
        ("rdf", "type", ox.NamedNode(PREFIXES["foaf"] + "Document")),
        ("foaf", "primaryTopic", ox.NamedNode(thing)),
        ("void", "inDataset", ox.NamedNode(names().dataset)),
    ]
    if licence:
        facts.append(("dcterms", "license", ox.NamedNode(licence)))
    if remark:
        facts.append(("rdfs", "comment", ox.Literal(remark, language="en")))
    return [ox.Quad(document, ox.NamedNode(PREFIXES[p] + name), value) for p, name, value in facts]


def _order(quad: ox.Quad) -> tuple[str, ...]:
    return (str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object))

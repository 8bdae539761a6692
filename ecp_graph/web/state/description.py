"""SPARQL 1.1 Service Description, which an RDF client gets from ``/sparql`` without a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import PREFIXES
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.formats import FORMATS, W3C_FORMATS, Format

__all__ = ["DatasetFacts", "count_graphs", "service_description"]

_SD: Final = PREFIXES["sd"]
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_SIMPLE_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/Simple"
_NAMED: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_DEFAULT: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@dataclass(frozen=True)
class DatasetFacts:
    """The number of triples in the default graph and in each named graph (by IRI) of the current data.

    ``is_union``: the default graph is the merge of the named ones. Unknown counts are None, and so are the named graphs
    of a remote store, which are not counted.
    """

    triples: int | None = None
    graphs: Mapping[str, int] | None = None
    is_union: bool = False


def service_description(
    endpoint: str, facts: DatasetFacts, timeout_s: float, wanted: Format, *, services: Sequence[str] | None = None
) -> bytes:
    """Return the description of an endpoint as RDF (SPARQL 1.1 Service Description).

    The graph: one ``sd:Service`` with ``sd:endpoint``, ``sd:supportedLanguage``, ``sd:resultFormat``, ``sd:feature``,
    the time limit as ``dcterms:description``, and ``sd:defaultDataset``, which has a ``sd:defaultGraph`` and the
    ``sd:namedGraph``s, each with ``void:triples`` where the number is known. ``services`` are the endpoints that
    SERVICE may ask and that may be told, None where it is refused.
    """
    service = ox.NamedNode(endpoint)
    dataset, default = ox.NamedNode(endpoint + "#dataset"), ox.NamedNode(endpoint + "#default-graph")
    limit = f"The time limit of a query is {timeout_s:g} s. {_outside(services)}"
    statements = [
        ox.Triple(service, _TYPE, _sd("Service")),
        ox.Triple(service, _sd("endpoint"), service),
        ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(service, _sd("defaultEntailmentRegime"), ox.NamedNode(_SIMPLE_ENTAILMENT)),
        ox.Triple(service, _sd("defaultDataset"), dataset),
        ox.Triple(service, ox.NamedNode(PREFIXES["dcterms"] + "description"), ox.Literal(limit, language="en")),
        ox.Triple(dataset, _TYPE, _sd("Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), default),
        *_graph(default, facts.triples),
    ]
    if facts.is_union:
        statements.append(ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph")))
    if services is not None:
        statements.append(ox.Triple(service, _sd("feature"), _sd("BasicFederatedQuery")))
    statements += [ox.Triple(service, _sd("resultFormat"), ox.NamedNode(fmt.iri)) for fmt in FORMATS]
    for number, (name, count) in enumerate(sorted((facts.graphs or {}).items()), 1):
        entry, graph = (ox.NamedNode(f"{endpoint}#{part}-{number}") for part in ("named-graph", "graph"))
        statements += [
            ox.Triple(dataset, _sd("namedGraph"), entry),
            ox.Triple(entry, _TYPE, _sd("NamedGraph")),
            ox.Triple(entry, _sd("name"), ox.NamedNode(name)),
            ox.Triple(entry, _sd("graph"), graph),
            *_graph(graph, count),
        ]
    prefixes = {name: PREFIXES[name] for name in ("dcterms", "sd", "void")}
    return write_rdf(statements, wanted, prefixes={**prefixes, "formats": W3C_FORMATS})


def count_graphs(engine: Engine, *, timeout_s: float) -> DatasetFacts:
    """Return the counts of the engine's graphs, which it is asked for; raises what the engine raises."""
    named = ask_table(engine, _NAMED, timeout_s=timeout_s)
    default = ask_table(engine, _DEFAULT, timeout_s=timeout_s)
    graphs = {graph.value: int(count.value) for graph, count in named.rows if graph and count}
    triples = default.rows[0][0]
    return DatasetFacts(int(triples.value) if triples else None, graphs)


def _outside(services: Sequence[str] | None) -> str:
    if services is None:
        return "Updates, and calls to other endpoints with SERVICE, are refused."
    named = f": {', '.join(services)}" if services else ""
    return f"Updates are refused; SERVICE may call only the endpoints on the list of this server{named}."


def _graph(graph: ox.NamedNode, triples: int | None) -> list[ox.Triple]:
    statements = [ox.Triple(graph, _TYPE, _sd("Graph"))]
    if triples is not None:
        count = ox.Literal(str(triples), datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
        statements.append(ox.Triple(graph, ox.NamedNode(PREFIXES["void"] + "triples"), count))
    return statements


def _sd(local: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + local)

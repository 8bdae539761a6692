"""SPARQL 1.1 Service Description: what an RDF client gets from ``/sparql`` without a query."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from ecp_graph.engine.formats import FORMATS, Format
from ecp_graph.namespaces import PREFIXES

__all__ = ["service_description"]

_SD: Final = PREFIXES["sd"]
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMAT_IRIS: Final = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
}
_SYNTAXES: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}


def service_description(endpoint: str, triples: int | None, wanted: Format) -> bytes:
    """Return the description of an endpoint as RDF: its language, its result formats, and its default graph's size.

    The graph: one ``sd:Service`` with ``sd:endpoint``, ``sd:supportedLanguage``, ``sd:resultFormat`` and
    ``sd:defaultDataset``, which has a ``sd:defaultGraph`` with ``void:triples`` where the number is known.
    """
    service = ox.NamedNode(endpoint)
    dataset, graph = ox.NamedNode(endpoint + "#dataset"), ox.NamedNode(endpoint + "#default-graph")
    statements = [
        ox.Triple(service, _TYPE, _sd("Service")),
        ox.Triple(service, _sd("endpoint"), service),
        ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(service, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, _TYPE, _sd("Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), graph),
        ox.Triple(graph, _TYPE, _sd("Graph")),
    ]
    for fmt in FORMATS:
        statements.append(ox.Triple(service, _sd("resultFormat"), ox.NamedNode(_W3C_FORMATS + _FORMAT_IRIS[fmt.name])))
    if triples is not None:
        count = ox.Literal(str(triples), datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
        statements.append(ox.Triple(graph, ox.NamedNode(PREFIXES["void"] + "triples"), count))
    prefixes = {"sd": _SD, "void": PREFIXES["void"], "formats": _W3C_FORMATS}
    return ox.serialize(statements, format=_SYNTAXES[wanted.name], prefixes=prefixes) or b""


def _sd(local: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + local)

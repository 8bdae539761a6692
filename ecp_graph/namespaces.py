"""The project's namespaces, prefixes and the names of its own graphs.

Every prefix that queries, reports and serialisations use is declared here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

__all__ = [
    "BASE",
    "DATASET",
    "DATASET_GRAPH",
    "DERIVED_GRAPH",
    "ECP",
    "GRAPH",
    "ID",
    "INFERRED_GRAPH",
    "ONTOLOGY_GRAPH",
    "OWN_GRAPHS",
    "PREFIXES",
    "SHAPES",
    "SHAPES_GRAPH",
    "compact",
    "expand",
]

BASE: Final = "https://w3id.org/ecp-graph/"
ECP: Final = BASE + "ontology#"
SHAPES: Final = BASE + "shapes#"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"
#: The dataset as a whole.
DATASET: Final = BASE + "dataset"

ONTOLOGY_GRAPH: Final = GRAPH + "ontology"
SHAPES_GRAPH: Final = GRAPH + "shapes"
INFERRED_GRAPH: Final = GRAPH + "inferred"
DERIVED_GRAPH: Final = GRAPH + "derived"
DATASET_GRAPH: Final = GRAPH + "dataset"

#: Graphs that the build writes; every other named graph of a release is a source passage.
OWN_GRAPHS: Final = frozenset({ONTOLOGY_GRAPH, SHAPES_GRAPH, INFERRED_GRAPH, DERIVED_GRAPH, DATASET_GRAPH})

_INDIVIDUAL_TYPES: Final = (
    "action",
    "activity",
    "body",
    "chapter",
    "concept",
    "discrepancy",
    "document",
    "edition",
    "event",
    "goal",
    "group",
    "instrument",
    "organization",
    "overlap",
    "package",
    "plan",
    "programme",
    "project",
    "scheme",
    "series",
    "timeframe",
    "topic",
)

_EXTERNAL: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "frbr": "http://purl.org/vocab/frbr/core#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "p-plan": "http://purl.org/net/p-plan#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "voaf": "http://purl.org/vocommons/voaf#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Prefix to namespace, predeclared in every query and used in every serialisation.
PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        sorted(
            {
                **_EXTERNAL,
                **{name: f"{ID}{name}/" for name in _INDIVIDUAL_TYPES},
                "ecp": ECP,
                "ecpsh": SHAPES,
                "graph": GRAPH,
                "id": ID,
                "passage": GRAPH + "pc0457e1/",
            }.items()
        )
    )
)


@lru_cache(maxsize=4096)
def compact(iri: str) -> str:
    """Return ``prefix:local`` for an IRI of a known namespace, else the IRI itself."""
    best = max((ns for ns in PREFIXES.values() if iri.startswith(ns)), key=len, default=None)
    if best is None or len(iri) == len(best) or "/" in iri[len(best) :]:
        return iri
    prefix = next(name for name, namespace in PREFIXES.items() if namespace == best)
    return f"{prefix}:{iri[len(best) :]}"


def expand(text: str) -> str:
    """Return the IRI for ``prefix:local`` with a known prefix, else the text unchanged."""
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return PREFIXES[prefix] + local
    return text

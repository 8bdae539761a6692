"""Namespaces and prefixes: those of the vocabularies, which are constants, and those of a workspace, which are `Names`.

A workspace says what its names begin with (``workspace.toml``), and a release records it. Whoever works on one puts its
names into use with `using`; functions deep below ask `names` for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final

__all__ = [
    "CONCEPTS",
    "ECP",
    "PREFIXES",
    "SHAPES",
    "VOCABULARY",
    "Names",
    "compact",
    "expand",
    "names",
    "names_or_none",
    "using",
]

#: What the names of the ontology and of the core shapes begin with, in whatever workspace they are used.
VOCABULARY: Final = "https://w3id.org/ecp-graph/"
ECP: Final = VOCABULARY + "ontology#"
SHAPES: Final = VOCABULARY + "shapes#"
#: The values of the ontology's closed lists: kinds, statuses, certainties, grades.
CONCEPTS: Final = VOCABULARY + "id/concept/"

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
    "schema": "http://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "voaf": "http://purl.org/vocommons/voaf#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Prefix to namespace for the vocabularies, the same in every workspace; `Names.prefixes` has those of a workspace too.
PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        sorted(
            {
                **_EXTERNAL,
                "concept": CONCEPTS,
                "ecp": ECP,
                "ecpsh": SHAPES,
                "scheme": VOCABULARY + "id/scheme/",
            }.items()
        )
    )
)


@dataclass(frozen=True)
class Names:
    """What the names of a workspace are made of.

    ``base`` is what its IRIs begin with, ``language`` the tag of the language that it is written in, ``own_prefixes``
    are pairs of a prefix and its namespace.
    """

    base: str
    language: str = "en"
    own_prefixes: tuple[tuple[str, str], ...] = ()

    @cached_property
    def id(self) -> str:
        """What the IRIs of individuals begin with."""
        return self.base + "id/"

    @cached_property
    def graph(self) -> str:
        """What the IRIs of named graphs begin with."""
        return self.base + "graph/"

    @cached_property
    def dataset(self) -> str:
        """The dataset as a whole."""
        return self.base + "dataset"

    @cached_property
    def ontology_graph(self) -> str:
        """The graph of the ontology."""
        return self.graph + "ontology"

    @cached_property
    def shapes_graph(self) -> str:
        """The graph of the shapes."""
        return self.graph + "shapes"

    @cached_property
    def inferred_graph(self) -> str:
        """The graph of what follows by the ontology, from statements of the strongest certainty."""
        return self.graph + "inferred"

    def inferred_at(self, certainty: str) -> str:
        """Return the graph of what follows from statements of a weaker certainty (its notation)."""
        return f"{self.inferred_graph}-{certainty}"

    @cached_property
    def derived_graph(self) -> str:
        """The graph of what rules find."""
        return self.graph + "derived"

    @cached_property
    def dataset_graph(self) -> str:
        """The graph of the dataset's description."""
        return self.graph + "dataset"

    def is_inferred(self, graph: str) -> bool:
        """Whether a graph holds what follows by the ontology."""
        return graph == self.inferred_graph or graph.startswith(self.inferred_graph + "-")

    def is_added(self, graph: str) -> bool:
        """Whether a graph holds what nobody states: what is inferred or derived."""
        return graph == self.derived_graph or self.is_inferred(graph)

    def is_own(self, graph: str) -> bool:
        """Whether the build writes a graph; every other named graph of a release is a reading."""
        return graph in (self.ontology_graph, self.shapes_graph, self.dataset_graph) or self.is_added(graph)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """Prefix to namespace, in order, predeclared in every query and used in every serialisation."""
        every = {**PREFIXES, "graph": self.graph, "id": self.id, **dict(self.own_prefixes)}
        return MappingProxyType(dict(sorted(every.items())))

    @cached_property
    def compact(self) -> Callable[[str], str]:
        """What gives the ``prefix:local`` of an IRI, or the IRI itself where no prefix fits; the latest are cached."""
        return lru_cache(maxsize=4096)(self._compacted)

    def as_json(self) -> dict[str, Any]:
        """Return the names as a release's manifest holds them."""
        return {"base": self.base, "language": self.language, "prefixes": dict(self.own_prefixes)}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Names:
        """Return the names that a manifest holds; raises KeyError and TypeError for something else."""
        return cls(str(held["base"]), str(held["language"]), tuple(dict(held["prefixes"]).items()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the three parts and not what was made of them."""
        return Names, (self.base, self.language, self.own_prefixes)

    def _compacted(self, iri: str) -> str:
        best = max((ns for ns in self.prefixes.values() if iri.startswith(ns)), key=len, default=None)
        if best is None or len(iri) == len(best) or "/" in iri[len(best) :]:
            return iri
        prefix = next(name for name, namespace in self.prefixes.items() if namespace == best)
        return f"{prefix}:{iri[len(best) :]}"


_in_use: ContextVar[Names] = ContextVar("names")


def names() -> Names:
    """Return the names in use; raises RuntimeError where nobody has put any into use."""
    try:
        return _in_use.get()
    except LookupError:
        raise RuntimeError("No names of a workspace are in use here: call within `using(workspace.names)`.") from None


def names_or_none() -> Names | None:
    """Return the names in use, or None, for those who hand them on to another process."""
    return _in_use.get(None)


@contextmanager
def using(chosen: Names) -> Iterator[Names]:
    """Put names into use for this thread, until the block ends."""
    token = _in_use.set(chosen)
    try:
        yield chosen
    finally:
        _in_use.reset(token)


def compact(iri: str) -> str:
    """Return ``prefix:local`` for an IRI of a known namespace, else the IRI itself."""
    return names().compact(iri)


def expand(text: str) -> str:
    """Return the IRI for ``prefix:local`` with a known prefix, else the text unchanged."""
    prefix, colon, local = text.partition(":")
    known = names().prefixes
    if colon and prefix in known and not local.startswith("//"):
        return known[prefix] + local
    return text

"""Reads the description of a dataset (graph/dataset) from its triples, for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.namespaces import compact, expand, names

__all__ = ["Description", "Linkset", "read_description"]

_TOTALS: Final = ("triples", "entities", "distinctSubjects", "distinctObjects", "classes", "properties")


@dataclass(frozen=True)
class Linkset:
    """Links to one other data set: by which property, how many, and where its IRIs begin."""

    predicate: str
    target: str
    triples: int


@dataclass(frozen=True)
class Description:
    """What is said of the dataset; ``classes`` and ``properties`` are IRI to count, the largest first."""

    title: str
    description: str
    license: str
    publisher: str
    publisher_iri: str
    version: str
    issued: str
    modified: str
    totals: Mapping[str, int]
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    linksets: tuple[Linkset, ...]
    vocabularies: tuple[str, ...]
    examples: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def citation(self) -> str:
        """How to cite the dataset, without the release."""
        year = self.modified[:4] or self.issued[:4]
        parts = [self.publisher, self.title, f"version {self.version}" if self.version else "", year]
        return ", ".join(part for part in parts if part) + f". {names().dataset}"


def read_description(triples: Iterable[ox.Triple]) -> Description:
    """Return the description; what it does not say is an empty text, or not in the mappings."""
    facts = _Facts(triples)
    publisher = facts.one(names().dataset, "dcterms:publisher") or facts.one(
        f"{names().dataset}#catalogue", "dcterms:publisher"
    )
    linksets = [
        Linkset(
            facts.one(links, "void:linkPredicate"),
            facts.one(facts.one(links, "void:objectsTarget"), "void:uriSpace"),
            _number(facts.one(links, "void:triples")),
        )
        for links in facts.all(names().dataset, "void:subset")
    ]
    totals = {name: facts.one(names().dataset, f"void:{name}") for name in _TOTALS}
    return Description(
        title=facts.one(names().dataset, "dcterms:title"),
        description=facts.one(names().dataset, "dcterms:description"),
        license=facts.one(names().dataset, "dcterms:license"),
        publisher=facts.one(publisher, "foaf:name") or publisher,
        publisher_iri=publisher,
        version=facts.one(names().dataset, "dcat:version"),
        issued=facts.one(names().dataset, "dcterms:issued"),
        modified=facts.one(names().dataset, "dcterms:modified"),
        totals={name: _number(text) for name, text in totals.items() if text},
        classes=_partition(facts, "void:classPartition", "void:class", "void:entities"),
        properties=_partition(facts, "void:propertyPartition", "void:property", "void:triples"),
        linksets=tuple(linksets),
        vocabularies=tuple(facts.all(names().dataset, "void:vocabulary")),
        examples=tuple(facts.all(names().dataset, "void:exampleResource")),
        sources=tuple(facts.all(names().dataset, "prov:wasDerivedFrom")),
    )


class _Facts:
    """Values by subject and property, both as text."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._values: dict[tuple[str, str], list[str]] = {}
        for triple in triples:
            subject: Any = triple.subject
            value: Any = triple.object
            key = (subject.value, compact(triple.predicate.value))
            self._values.setdefault(key, []).append(value.value)

    def all(self, subject: str, curie: str) -> list[str]:
        return self._values.get((subject, compact(expand(curie))), [])

    def one(self, subject: str, curie: str) -> str:
        return next(iter(self.all(subject, curie)), "")


def _partition(facts: _Facts, part: str, term: str, number: str) -> dict[str, int]:
    counts = {facts.one(one, term): _number(facts.one(one, number)) for one in facts.all(names().dataset, part)}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0

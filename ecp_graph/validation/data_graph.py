"""The triples that shapes are run on, in the forms in which engines read them, and the nodes that targets select.

They are held as text, by property: a term is made into an object only where a shape asks about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeAlias

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import Node

from ecp_graph.rdf.nquads import NTriples
from ecp_graph.rdf.terms import OxTerm, to_graph, to_oxigraph
from ecp_graph.tables.statements import parsed_terms

__all__ = ["TARGETS", "DataGraph", "Statement"]

Statement: TypeAlias = ox.Triple | ox.Quad

#: The properties that tell at which nodes a shape looks.
TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

_TYPE: Final = f"<{RDF.type}>".encode()
_SUBCLASS_OF: Final = f"<{RDFS.subClassOf}>".encode()


class DataGraph:
    """The merge of some triples; one that is there twice counts once.

    ``lines`` has, by property, the lines of its triples in N-Triples as Oxigraph writes them; the property as well is
    written as it is there.
    """

    def __init__(self, lines: Mapping[bytes, bytes]) -> None:
        self._lines = lines
        self._objects: dict[str, frozenset[OxTerm]] = {}

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> DataGraph:
        """Return the merge of some statements; their graphs do not matter."""
        if isinstance(statements, NTriples):
            return cls.of_texts(statements.texts)
        triples = (ox.Triple(one.subject, one.predicate, one.object) for one in statements)
        return cls.of_texts([ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""])

    @classmethod
    def of_texts(cls, texts: Iterable[bytes]) -> DataGraph:
        """Return the merge of some texts of N-Triples as Oxigraph writes them."""
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for text in texts:
            for name, lines in _runs(text):
                found[name].append(lines)
        return cls({name: b"".join(lines) for name, lines in found.items()})

    def text(self) -> str:
        """Return the triples as N-Triples."""
        return b"".join(self._lines.values()).decode()

    def store(self, predicates: Collection[str] | None = None) -> ox.Store:
        """Return a new store whose default graph has the triples, only those of the predicates if any are given."""
        store = ox.Store()
        for text in self._texts(predicates):
            if b"_:" in text:  # loaded out of a text, blank nodes would get other names
                triples = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
                store.bulk_extend(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
            else:
                store.load(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        return store

    def graph(self, predicates: Collection[str] | None = None) -> Graph:
        """Return the triples as an rdflib graph, only those of the predicates if any are given."""
        texts = self._texts(predicates)
        return to_graph(triple for text in texts for triple in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))

    def _texts(self, predicates: Collection[str] | None) -> Iterator[bytes]:
        names = self._lines if predicates is None else map(_iri, predicates)
        return (self._lines[name] for name in names if name in self._lines)

    @cached_property
    def typed_literals(self) -> frozenset[ox.Literal]:
        """The literals that are neither plain strings nor texts in a language."""
        return frozenset(literal for found in self._typed.values() for literal in found)

    def typed_objects(self, predicate: str) -> frozenset[ox.Literal]:
        """Return those of these literals that are stated with a predicate."""
        return self._typed.get(_iri(predicate), frozenset())

    def objects(self, predicate: str) -> frozenset[OxTerm]:
        """Return what is stated with a predicate."""
        if predicate not in self._objects:
            lines = self._lines.get(_iri(predicate), b"").splitlines()
            self._objects[predicate] = frozenset(_terms(map(_object, lines)))
        return self._objects[predicate]

    def count_focus_nodes(self, shapes: Graph, shape: Node) -> int:
        """Return how many nodes the targets of a shape select. Spec: SHACL 1.0, section 2.1.3."""
        return len(self._focus(shapes, shape))

    def focus_nodes(self, shapes: Graph, shape: Node) -> list[OxTerm]:
        """Return the nodes that the targets of a shape select. Spec: SHACL 1.0, section 2.1.3."""
        return _terms(self._focus(shapes, shape))

    def _focus(self, shapes: Graph, shape: Node) -> set[bytes]:
        found: set[bytes] = set()
        for target in TARGETS:
            for term in shapes.objects(shape, target):
                found |= self._selected(target, str(to_oxigraph(term)).encode())
        return found

    def _selected(self, target: Node, term: bytes) -> set[bytes]:
        if target == SH.targetNode:
            return {term}
        if target == SH.targetClass:
            return {one for kind in self._subclasses(term) for one in self._instances.get(kind, ())}
        lines = self._lines.get(term, b"").splitlines()
        return set(map(_subject if target == SH.targetSubjectsOf else _object, lines))

    @cached_property
    def _typed(self) -> dict[bytes, frozenset[ox.Literal]]:
        with_types = ((name, text) for name, text in self._lines.items() if b'"^^<' in text)
        return {name: frozenset(_typed_literals(text)) for name, text in with_types}

    @cached_property
    def _instances(self) -> dict[bytes, set[bytes]]:
        found: dict[bytes, set[bytes]] = defaultdict(set)
        for line in self._lines.get(_TYPE, b"").splitlines():
            found[_object(line)].add(_subject(line))
        return dict(found)

    @cached_property
    def _below(self) -> dict[bytes, list[bytes]]:
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for line in self._lines.get(_SUBCLASS_OF, b"").splitlines():
            found[_object(line)].append(_subject(line))
        return dict(found)

    def _subclasses(self, term: bytes) -> Iterator[bytes]:
        seen, edge = {term}, [term]
        while edge:
            kind = edge.pop()
            yield kind
            edge += (new := [lower for lower in self._below.get(kind, ()) if lower not in seen])
            seen.update(new)


def _runs(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the lines of a text, those together that stand together and have one property, with the property."""
    start = at = 0
    name = b""
    while at < len(text):
        verb = text.index(b" ", at) + 1
        end = text.find(b"\n", verb) + 1 or len(text)
        if not text.startswith(name, verb) or not name:
            if name:
                yield name[:-1], text[start:at]
            start, name = at, text[verb : text.index(b" ", verb) + 1]
        at = end
    if name:
        yield name[:-1], text[start:at]


def _iri(name: str) -> bytes:
    return f"<{name}>".encode()


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _object(line: bytes) -> bytes:
    return line.split(b" ", 2)[2][:-2]


def _typed_literals(text: bytes) -> Iterator[ox.Literal]:
    objects = (_object(line) for line in text.splitlines() if line.endswith(b"> .") and b'"^^<' in line)
    terms = _terms(term for term in objects if term.startswith(b'"'))
    return (term for term in terms if isinstance(term, ox.Literal))


def _terms(texts: Iterable[bytes]) -> list[OxTerm]:
    return parsed_terms([text.decode() for text in dict.fromkeys(texts)])

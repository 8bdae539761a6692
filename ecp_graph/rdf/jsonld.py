"""JSON-LD 1.1 with the project's own names as keys: the context, and a dataset written with it.

Oxigraph's writer knows prefixes and no terms, and spells out every value. Here ``"actionNumber": "3"`` is enough,
because the context tells the datatype; a number stays a text, so that its written form survives.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import IO, Any, Final

import pyoxigraph as ox

from ecp_graph.languages import main_language
from ecp_graph.namespaces import ECP, PREFIXES, compact, names

__all__ = ["JsonLd", "context_of", "graph_texts", "without_prefixes"]

_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_RANGE: Final = PREFIXES["rdfs"] + "range"
_XSD_STRING: Final = PREFIXES["xsd"] + "string"
_LINKS: Final = frozenset(
    PREFIXES["owl"] + kind for kind in ("ObjectProperty", "TransitiveProperty", "SymmetricProperty")
)
_TERMS: Final = _LINKS | frozenset(
    PREFIXES["owl"] + kind for kind in ("Class", "DatatypeProperty", "AnnotationProperty")
)
#: Terms of other vocabularies whose values have one form in this graph; any other form is spelled out.
_TEXTS: Final = ("dcterms:description", "dcterms:title", "rdfs:label", "skos:altLabel", "skos:definition")
_TEXTS_TOO: Final = ("skos:prefLabel", "skos:scopeNote")


def context_of(ontology: Iterable[ox.Quad]) -> dict[str, Any]:
    """Return the JSON-LD context for an ontology: prefixes, its own classes and properties by their local names.

    A property with links as values has ``@type: @id``, one with a single datatype as range has that. A local name that
    is a prefix too stays a curie. Names and definitions are in the main language unless they say otherwise.
    """
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, set[str]] = {}
    for quad in ontology:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            if quad.predicate.value == _RDF_TYPE and quad.object.value in _TERMS:
                kinds.setdefault(quad.subject.value, set()).add(quad.object.value)
            elif quad.predicate.value == _RANGE:
                ranges.setdefault(quad.subject.value, set()).add(quad.object.value)
    context: dict[str, Any] = {"@version": 1.1, **names().prefixes}
    context.update({name: {"@id": name, "@language": main_language()} for name in (*_TEXTS, *_TEXTS_TOO)})
    for iri in sorted(kinds):
        definition = _definition(iri, kinds[iri], ranges.get(iri, set()))
        if iri.startswith(ECP) or "@type" in definition:
            context.setdefault(_term(iri), definition)
    return context


def without_prefixes(context: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the context without these prefixes and without what is named by them.

    Data may hold an IRI whose scheme is the name of a prefix (``action:1``). JSON-LD has no way to write it while the
    prefix is declared.
    """
    kept: dict[str, Any] = {}
    for term, definition in context.items():
        if term.partition(":")[0] in names:
            continue
        if isinstance(definition, Mapping):
            definition = {
                key: _expanded(value) if str(value).partition(":")[0] in names else value
                for key, value in definition.items()
            }
        kept[term] = definition
    return kept


class JsonLd:
    """Writes a JSON-LD document with the context in it, graph by graph, of the texts that `graph_texts` gives."""

    def __init__(self, sink: IO[bytes], context: Mapping[str, Any]) -> None:
        self._sink = sink
        self._before = b""
        self._write('{"@context":' + json.dumps(context, ensure_ascii=False, separators=(",", ":")) + ',\n"@graph":[\n')

    def add(self, text: str) -> None:
        """Write one more graph."""
        self._sink.write(self._before)
        self._write(text)
        self._before = b",\n"

    def end(self) -> None:
        """Write what comes after the last graph."""
        self._write("\n]}\n")

    def _write(self, text: str) -> None:
        self._sink.write(text.encode())


def graph_texts(quads: Iterable[ox.Quad], context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the IRI and the text of each graph, for a document with the context; they come graph by graph and sorted.

    A named graph is an object with ``@id`` and ``@graph``; what stands in the default graph, which has no IRI, stands
    beside them.
    """
    writer = _Writer(context)
    for graph, content in groupby(quads, key=lambda quad: quad.graph_name):
        nodes = (_node_text(writer, subject, found) for subject, found in groupby(content, key=lambda q: q.subject))
        text = ",\n".join(nodes)
        if isinstance(graph, ox.DefaultGraph):
            yield "", text
        else:
            name = json.dumps(writer.name(graph), ensure_ascii=False)
            yield graph.value, f'{{"@id":{name},"@graph":[\n{text}\n]}}'


def _node_text(writer: _Writer, subject: Any, quads: Iterable[ox.Quad]) -> str:
    return json.dumps(writer.node(subject, quads), ensure_ascii=False, separators=(",", ":"))


class _Writer:
    """Terms of RDF as values of JSON-LD, by one context."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._curies: dict[str, str] = {}
        self._prefixes = frozenset(term for term, definition in context.items() if isinstance(definition, str))
        self._terms = {
            _expanded(definition["@id"]): (term, definition)
            for term, definition in context.items()
            if isinstance(definition, Mapping)
        }

    def name(self, term: ox.NamedNode | ox.BlankNode | Any) -> str:
        """Return a term as the value of ``@id``."""
        if isinstance(term, ox.BlankNode):
            return f"_:{term.value}"
        return self._curie(term.value)

    def node(self, subject: Any, quads: Iterable[ox.Quad]) -> dict[str, Any]:
        """Return one thing with its statements."""
        found: dict[str, list[Any]] = {}
        for quad in quads:
            predicate = quad.predicate.value
            if predicate == _RDF_TYPE and isinstance(quad.object, ox.NamedNode | ox.BlankNode):
                iri = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
                found.setdefault("@type", []).append(
                    self._terms[iri][0] if iri in self._terms else self.name(quad.object)
                )
                continue
            term, definition = self._terms.get(predicate) or (self._curie(predicate), {})
            found.setdefault(term, []).append(self._value(quad.object, definition))
        return {"@id": self.name(subject)} | {
            key: values[0] if len(values) == 1 else values for key, values in found.items()
        }

    def _value(self, term: Any, definition: Mapping[str, Any]) -> Any:
        if not isinstance(term, ox.Literal):
            return self.name(term) if definition.get("@type") == "@id" else {"@id": self.name(term)}
        if term.language:
            plain = definition.get("@language") == term.language and "@type" not in definition
            return term.value if plain else {"@value": term.value, "@language": term.language}
        datatype = term.datatype.value
        coerced = definition.get("@type")
        if coerced and coerced != "@id" and _expanded(coerced) == datatype:
            return term.value
        if datatype == _XSD_STRING:
            return {"@value": term.value} if coerced or "@language" in definition else term.value
        return {"@value": term.value, "@type": self._curie(datatype)}

    def _curie(self, iri: str) -> str:
        found = self._curies.get(iri)
        if found is None:
            short = _curie(iri)
            found = self._curies[iri] = short if short.partition(":")[0] in self._prefixes else iri
        return found


def _definition(iri: str, kinds: set[str], ranges: set[str]) -> dict[str, Any]:
    definition: dict[str, Any] = {"@id": _curie(iri)}
    datatypes = [name for name in ranges if name.startswith(PREFIXES["xsd"])]
    if kinds & _LINKS:
        definition["@type"] = "@id"
    elif len(ranges) == 1 and datatypes and datatypes != [_XSD_STRING]:
        definition["@type"] = _curie(datatypes[0])
    return definition


def _term(iri: str) -> str:
    local = iri.removeprefix(ECP)
    return local if iri.startswith(ECP) and local.isidentifier() and local not in names().prefixes else _curie(iri)


def _curie(iri: str) -> str:
    """Return a curie where JSON-LD reads it back as the IRI, else the IRI."""
    short = compact(iri)
    return iri if short.partition(":")[2].startswith("//") else short


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    known = names().prefixes
    return known[prefix] + local if prefix in known and not local.startswith("//") else name

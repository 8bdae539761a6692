"""The dataset's description of itself, graph/dataset.

::

    BASE/dataset            void:Dataset, dcat:Dataset: counts, partitions, link sets, dumps     (this module)
    BASE/dataset#catalogue  dcat:Catalog with the distributions and the SPARQL endpoint          catalogue.py
    BASE/release/ID         the version of the dataset that one build made, with its PROV        catalogue.py

It is a pure function of the workspace: dates come from the header of the ontology, and nothing tells when it was built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.linked_data.catalogue import Facts, Header, catalogue, iri, release, titles, types
from ecp_graph.linked_data.counts import Counts, count
from ecp_graph.linked_data.dumps import DUMPS
from ecp_graph.namespaces import compact, names
from ecp_graph.tables.definitions import Definition
from ecp_graph.tables.statements import LAYERS, Statements, parsed_terms
from ecp_graph.tables.stored import make_merged
from ecp_graph.workspace_file import WorkspaceFile

__all__ = ["describe"]

_EXAMPLES: Final = 5
#: Numbers in the description are numbers of the description too; they settle in the second round.
_MOST_ROUNDS: Final = 10
_HEADER: Final = """
    SELECT ?ontology ?property ?value WHERE { ?ontology a owl:Ontology ; ?property ?value }
    ORDER BY ?ontology ?property ?value"""
_DOCUMENTS: Final = """
SELECT DISTINCT term FROM merged JOIN terms ON id = o WHERE p = $passage_of"""
_KEYWORDS: Final = """
SELECT DISTINCT term
FROM merged AS name JOIN terms ON terms.id = name.o
WHERE name.p = $name
  AND name.s IN (SELECT o FROM merged WHERE p = $subject)
  AND name.s IN (SELECT s FROM merged WHERE p = $type AND o = $topic)"""
#: Of what the data name: the ontology has the names of the months in languages that no plan need be in.
_LANGUAGES: Final = """
SELECT DISTINCT lower(regexp_extract(term, '"@([A-Za-z0-9]+)[A-Za-z0-9-]*$', 1)) AS tag
FROM (SELECT DISTINCT o FROM (FROM data UNION ALL FROM inferred UNION ALL FROM derived) WHERE p = $name AND g <> 0)
JOIN terms ON id = o
WHERE tag <> ''"""
#: Where the languages of ISO 639-1 have their IRIs (DCAT 3, section 6.4.12).
_LANGUAGE: Final = "http://id.loc.gov/vocabulary/iso639-1/"
_NAMES: Final = "SELECT DISTINCT term FROM merged JOIN terms ON id = o WHERE s = $agent AND p = $name"
#: Letters of a tag of ISO 639-1.
_LETTERS: Final = 2
_COPIED: Final = ("license", "publisher", "creator", "issued", "modified")


@dataclass(frozen=True)
class _Subjects:
    """The names of the topics, with their languages, and the languages of names in the data, by their ISO 639 tags."""

    keywords: list[ox.Literal]
    languages: list[str]


def describe(
    statements: Statements,
    *,
    about: WorkspaceFile | None = None,
    release_id: str = "",
    workspace_hash: str = "",
    tables: Sequence[Definition] = (),
    comment: str = "",
) -> list[ox.Quad]:
    """Return the quads of graph/dataset for the statements of all other graphs; makes the table ``merged`` of these.

    The counts are those of that merge with these very quads in it (VoID, section 4.6): ``void:triples`` is what a
    query counts in the release. With a release's id, that version and how it was made are described too.
    ``tables`` are further distributions; ``comment`` is a sentence in English on what the dataset does not have.

    The title, the licence and the like are those of the ontology, where that was written for the data; with ``about``
    they are those of the workspace, which uses an ontology of others.
    """
    make_merged(statements, [layer for layer in LAYERS if layer != "description"])
    header = _header(statements, about)
    subjects = _subjects(statements)
    documents = _documents(statements)
    graph = ox.NamedNode(names().dataset_graph)
    base = counts = count(statements)
    for _ in range(_MOST_ROUNDS):
        facts = (
            *_dataset(header, documents, counts),
            *_about(header, subjects),
            *([(names().dataset, "rdfs:comment", ox.Literal(comment, language="en"))] if comment else []),
            *catalogue(header, tables),
            *release(header, release_id, workspace_hash, counts.triples),
            *_partitions(counts),
            *_linksets(counts),
        )
        quads = list(dict.fromkeys(ox.Quad(iri(s), iri(p), o, graph) for s, p, o in facts))
        counted = base.plus(statements, (quad.triple for quad in quads))
        if counted == counts:
            return quads
        counts = counted
    raise AssertionError("The description of the dataset does not settle.")


def _header(statements: Statements, about: WorkspaceFile | None) -> Header:
    """Return the first value of each property in the header of the ontology, and the names of its publisher.

    With ``about`` the values are the workspace's instead.
    """
    values: dict[str, ox.NamedNode | ox.BlankNode | ox.Literal] = {}
    ontology = ""
    store = ox.Store()
    store.load(statements.text(["ontology"], graphs=False), ox.RdfFormat.N_TRIPLES)
    for row in _select(store, _HEADER):
        ontology = ontology or getattr(row["ontology"], "value", "")
        values.setdefault(compact(row["property"].value), row["value"])
    if about:
        licence = str(about.site.get("licence", ""))
        own = {"dcterms:license": ox.NamedNode(licence)} if licence.startswith(("http://", "https://")) else {}
        return Header(ontology, own, [], about.title)
    publisher = values.get("dcterms:publisher")
    if not isinstance(publisher, ox.NamedNode):
        return Header(ontology, values, [])
    return Header(ontology, values, _terms(statements, _NAMES, agent=publisher, name=iri("foaf:name")))


def _subjects(statements: Statements) -> _Subjects:
    label = iri("skos:prefLabel")
    keywords = _terms(
        statements,
        _KEYWORDS,
        name=label,
        subject=iri("dcterms:subject"),
        type=iri("rdf:type"),
        topic=iri("ecp:Topic"),
    )
    number = statements.numbers([str(label)])[str(label)]
    languages = statements.connection.execute(_LANGUAGES, {"name": number}).fetchall()
    return _Subjects(keywords, sorted(tag for (tag,) in languages))


def _documents(statements: Statements) -> list[ox.NamedNode]:
    return _terms(statements, _DOCUMENTS, passage_of=iri("ecp:passageOf"))


def _terms(statements: Statements, query: str, **given: ox.NamedNode) -> list[Any]:
    """Return the terms whose texts a query gives, in the order that SPARQL has for them."""
    numbers = statements.numbers(map(str, given.values()))
    rows = statements.connection.execute(query, {name: numbers[str(term)] for name, term in given.items()}).fetchall()
    store = ox.Store()
    node = ox.NamedNode("urn:term")
    store.extend(ox.Quad(node, node, term) for term in parsed_terms([text for (text,) in rows]))
    return [row["term"] for row in _select(store, "SELECT ?term { ?s ?p ?term } ORDER BY ?term")]


def _select(store: ox.Store, query: str) -> Any:
    return store.query(query, prefixes=dict(names().prefixes))


def _dataset(header: Header, documents: list[ox.NamedNode], counts: Counts) -> Facts:
    yield from types(names().dataset, "void:Dataset", "dcat:Dataset", "prov:Entity")
    yield from titles(names().dataset, header)
    for name in _COPIED:
        if value := header.values.get(f"dcterms:{name}"):
            yield names().dataset, f"dcterms:{name}", value
    if version := header.values.get("owl:versionInfo"):
        yield names().dataset, "dcat:version", version
    if header.ontology:
        yield names().dataset, "dcterms:conformsTo", iri(header.ontology)
        yield from types(header.ontology, "dcterms:Standard")
    yield names().dataset, "dcterms:identifier", ox.Literal(names().dataset)
    yield names().dataset, "void:triples", ox.Literal(counts.triples)
    yield names().dataset, "void:entities", ox.Literal(counts.entities)
    yield names().dataset, "void:distinctSubjects", ox.Literal(counts.subjects)
    yield names().dataset, "void:distinctObjects", ox.Literal(counts.objects)
    yield names().dataset, "void:classes", ox.Literal(len(counts.classes))
    yield names().dataset, "void:properties", ox.Literal(len(counts.properties))
    yield names().dataset, "void:uriSpace", ox.Literal(names().id)
    yield names().dataset, "void:sparqlEndpoint", iri(names().base + "sparql")
    for dump in DUMPS:
        yield names().dataset, "void:dataDump", iri(f"{names().base}dumps/{dump.name}")
    for namespace in counts.vocabularies:
        yield names().dataset, "void:vocabulary", ox.NamedNode(namespace)
    for class_ in sorted(counts.examples, key=lambda name: (-counts.classes[name], name))[:_EXAMPLES]:
        yield names().dataset, "void:exampleResource", ox.NamedNode(counts.examples[class_])
    for document in documents:
        yield names().dataset, "prov:wasDerivedFrom", document


def _about(header: Header, subjects: _Subjects) -> Facts:
    """Yield the topics as keywords, the languages of names, and the contact that the header gives, if it does."""
    for keyword in subjects.keywords:
        yield names().dataset, "dcat:keyword", keyword
    for tag in subjects.languages:
        if len(tag) == _LETTERS:
            yield names().dataset, "dcterms:language", iri(_LANGUAGE + tag)
            yield from types(_LANGUAGE + tag, "dcterms:LinguisticSystem")
    contact = header.values.get("dcat:contactPoint")
    if isinstance(contact, ox.NamedNode):
        yield names().dataset, "dcat:contactPoint", contact


def _partitions(counts: Counts) -> Facts:
    for name, number in counts.classes.items():
        part = _part("class", name)
        yield names().dataset, "void:classPartition", iri(part)
        yield part, "void:class", ox.NamedNode(name)
        yield part, "void:entities", ox.Literal(number)
    for name, number in counts.properties.items():
        part = _part("property", name)
        yield names().dataset, "void:propertyPartition", iri(part)
        yield part, "void:property", ox.NamedNode(name)
        yield part, "void:triples", ox.Literal(number)


def _linksets(counts: Counts) -> Facts:
    """Yield one void:Linkset for each property and other data set (VoID, section 5)."""
    for (name, space), number in counts.links.items():
        target = f"{names().dataset}#target-{_slug(space)}"
        links = f"{names().dataset}#links-{_slug(compact(name))}-{_slug(space)}"
        yield from types(links, "void:Linkset")
        yield names().dataset, "void:subset", iri(links)
        yield links, "void:target", iri(names().dataset)
        yield links, "void:target", iri(target)
        yield links, "void:subjectsTarget", iri(names().dataset)
        yield links, "void:objectsTarget", iri(target)
        yield links, "void:linkPredicate", ox.NamedNode(name)
        yield links, "void:triples", ox.Literal(number)
        yield from types(target, "void:Dataset")
        yield target, "void:uriSpace", ox.Literal(space)


def _part(kind: str, term: str) -> str:
    return f"{names().dataset}#{kind}-{_slug(compact(term))}"


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text.removeprefix(names().id)).strip("-")

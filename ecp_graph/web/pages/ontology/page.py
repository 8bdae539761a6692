"""``/ontology``: the vocabulary reference, generated from the ontology, with examples from the data.

owl:versionIRI resolves to ``/ontology/VERSION``, for the versions in the releases on disk and those that the package
keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, url_for
from markupsafe import Markup, escape

from ecp_graph.errors import EcpGraphError
from ecp_graph.linked_data.vocabulary import KINDS, Term, Vocabulary, read_vocabulary
from ecp_graph.linked_data.vocabulary_changes import TermChange, vocabulary_changes
from ecp_graph.linked_data.vocabulary_versions import earlier_versions
from ecp_graph.namespaces import VOCABULARY, compact, names
from ecp_graph.release.versions import releases_beside
from ecp_graph.sparql.results import Term as Cell
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import GRAPH_FORMATS, split_suffix, wanted_form
from ecp_graph.web.http.release_rdf import (
    alternates,
    ontology_triples,
    parse_turtle,
    rdf_response,
)
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.ontology.overview import draws_all
from ecp_graph.web.show.anchors import anchor
from ecp_graph.web.show.terms import visible
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("ontology", __name__)
ENTRY: Final = NavigationEntry("Ontology", "ontology.index")

_CHANGES: Final = ("removed", "added", "changed")
_VERSIONS: Final = VOCABULARY + "ontology/"
#: One thing of each own class.
_INSTANCES: Final = """
    SELECT ?class ?thing ?name WHERE {{
      {{ SELECT ?class (MIN(STR(?instance)) AS ?text) WHERE {{
           ?instance a ?class FILTER(STRSTARTS(STR(?class), STR(ecp:)) && STRSTARTS(STR(?instance), "{base}"))
         }} GROUP BY ?class }}
      BIND(IRI(?text) AS ?thing)
      OPTIONAL {{ ?thing skos:prefLabel ?name }}
    }} ORDER BY ?class ?name"""
#: One statement with each own property.
_STATEMENTS: Final = """
    SELECT ?property ?thing ?name ?value ?valueName WHERE {{
      {{ SELECT ?property (MIN(STR(?subject)) AS ?text) WHERE {{
           ?subject ?property ?any FILTER(STRSTARTS(STR(?property), STR(ecp:)) && STRSTARTS(STR(?subject), "{base}"))
         }} GROUP BY ?property }}
      BIND(IRI(?text) AS ?thing)
      ?thing ?property ?value
      OPTIONAL {{ ?thing skos:prefLabel ?name }}
      OPTIONAL {{ ?value skos:prefLabel ?valueName }}
    }} ORDER BY ?property ?value ?name ?valueName"""


@dataclass(frozen=True)
class Example:
    """A thing of a class, or a statement with a property; the texts are what is shown for the terms."""

    thing: Cell
    thing_text: str
    value: Cell | None = None
    value_text: str = ""


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
def index(suffix: str = "") -> Response:
    """The reference of the version in use, or its file."""
    fmt = wanted_form(suffix)
    if fmt is not None:
        return alternates(rdf_response("ontology", ontology_triples(), fmt), "/ontology")
    return alternates(_page(_current(), is_current=True), "/ontology")


@blueprint.get("/ontology/<name>")
def version(name: str) -> Response:
    """One version, the one in use or that of an older release: its reference or its file."""
    wanted_version, suffix = split_suffix(name)
    fmt = wanted_form(suffix)
    current = _current()
    known = _versions()
    if wanted_version == _key(current):
        vocabulary, triples = current, ontology_triples()
    elif wanted_version in known:
        vocabulary, triples = known[wanted_version]
    else:
        versions = ", ".join(dict.fromkeys([_key(current), *known])) or "none"
        raise HttpError(
            404, "no-version", f"There is no version {wanted_version} of the ontology here. Available: {versions}."
        )
    path = url_for("ontology.version", name=wanted_version)
    if fmt is not None:
        return alternates(rdf_response(("ontology", wanted_version), triples, fmt), path)
    return alternates(_page(vocabulary, is_current=vocabulary is current), path)


def _page(vocabulary: Vocabulary, *, is_current: bool) -> Response:
    key = _key(vocabulary)
    before = _before(vocabulary)
    changes: list[TermChange] = vocabulary_changes(before, vocabulary) if before else []
    return page(
        "ontology/ontology.html",
        vocabulary=vocabulary,
        anchor=anchor,
        fact=partial(_fact, vocabulary),
        refs=partial(_refs, vocabulary),
        kinds=KINDS,
        groups={kind: _groups(vocabulary, kind) for kind in KINDS if kind != "owl:Class"},
        has_overview=draws_all(vocabulary),
        examples=site().keep(("ontology", "examples"), _examples),
        key=key,
        is_current=is_current,
        versions=list(dict.fromkeys([_key(_current()), *_versions()])),
        before=_key(before) if before else "",
        changes={kind: [change for change in changes if change.kind == kind] for kind in _CHANGES},
        syntaxes=GRAPH_FORMATS,
    )


def _refs(vocabulary: Vocabulary, iris: Iterable[str], between: str = ", ") -> Markup:
    """Return terms as links: those of the ontology to their place on the page, others to where they are from."""
    return Markup(between).join(_ref(vocabulary, iri) for iri in iris)  # noqa: S704 - a constant


def _ref(vocabulary: Vocabulary, iri: str) -> Markup:
    known = vocabulary.by_iri.get(iri)
    text = escape(visible(known.label or known.anchor if known else compact(iri)))
    if known:
        return Markup(f'<a href="#{escape(known.anchor)}">{text}</a>')  # noqa: S704 - each part is escaped
    if iri.startswith(("http://", "https://")):
        return Markup(f'<a href="{escape(iri)}" rel="noreferrer"><code>{text}</code></a>')  # noqa: S704 - escaped
    return Markup(f"<code>{text}</code>")  # noqa: S704 - escaped


def _fact(vocabulary: Vocabulary, name: str, iris: Iterable[str]) -> Markup:
    """Return one line of a list of facts, or nothing when there are no terms. A macro would take ten times as long."""
    found = _refs(vocabulary, iris)
    return Markup(f"<div><dt>{escape(name)}</dt><dd>{found}</dd></div>") if found else found  # noqa: S704 - escaped


def _current() -> Vocabulary:
    return site().keep(("dataset", "vocabulary"), lambda: read_vocabulary(ontology_triples()))


def _key(vocabulary: Vocabulary) -> str:
    """Return what names a version in an address: the end of its version IRI, or else its number."""
    iri = vocabulary.header.get("owl:versionIRI", "")
    return iri.removeprefix(_VERSIONS) if iri.startswith(_VERSIONS) else vocabulary.version


def _versions() -> Mapping[str, tuple[Vocabulary, list[ox.Triple]]]:
    """Return the versions of the kept releases, each as its newest has it, then those that the package keeps."""
    return site().keep(("ontology", "versions"), _read_versions)


def _read_versions() -> dict[str, tuple[Vocabulary, list[ox.Triple]]]:
    opened = site().current.opened
    found: dict[str, tuple[Vocabulary, list[ox.Triple]]] = {}
    for kept in releases_beside(opened) if opened else []:
        if kept.release.ontology.is_file():
            _add(found, parse_turtle(kept.release.ontology.read_bytes()))
    for triples in earlier_versions():
        _add(found, triples)
    return found


def _add(found: dict[str, tuple[Vocabulary, list[ox.Triple]]], triples: list[ox.Triple]) -> None:
    """Add a version unless it is there or is one of another ontology."""
    vocabulary = read_vocabulary(triples)
    if vocabulary.iri == _current().iri:
        found.setdefault(_key(vocabulary), (vocabulary, triples))


def _before(vocabulary: Vocabulary) -> Vocabulary | None:
    """Return the version before one: that of its owl:priorVersion, else that of the kept release before it."""
    versions, key = _versions(), _key(vocabulary)
    prior = vocabulary.header.get("owl:priorVersion", "").removeprefix(_VERSIONS)
    if prior in versions:
        return versions[prior][0]
    older = dict(pairwise(versions))
    return versions[older[key]][0] if key in older else None


def _groups(vocabulary: Vocabulary, kind: str) -> dict[str, list[Term]]:
    """Return the properties of one kind by the class that they are about."""
    grouped: dict[str, list[Term]] = {}
    for term in vocabulary.of_kind(kind):
        grouped.setdefault(term.domains[0] if term.domains else "", []).append(term)

    def label(iri: str) -> str:
        return vocabulary.by_iri[iri].label if iri in vocabulary.by_iri else iri

    return dict(sorted(grouped.items(), key=lambda item: label(item[0]).lower()))


def _examples() -> dict[str, Example]:
    """Return an example for each term that the data use; none where the engine is too slow to find them."""
    found: dict[str, Example] = {}
    try:
        for row in site().ask(_INSTANCES.format(base=names().base)).rows:
            class_, thing, name = row
            if class_ and thing:
                found.setdefault(class_.value, Example(thing, _shown(thing, name)))
        for row in site().ask(_STATEMENTS.format(base=names().base)).rows:
            property_, thing, name, value, value_name = row
            if property_ and thing and value:
                example = Example(thing, _shown(thing, name), value, _shown(value, value_name))
                found.setdefault(property_.value, example)
    except EcpGraphError:
        return {}
    return found


def _shown(term: Cell, name: Cell | None) -> str:
    return name.value if name else term.text.removeprefix(names().id)

"""The pitfalls of the OOPS! catalogue that can be found without the network.

OOPS! (https://oops.linkeddata.es/catalogue.jsp) collects modelling errors; ids, titles and importance are those of the
catalogue:

==========  =======================================================================================================
CRITICAL    P03 "is" relation, P05 wrong inverse, P06 cycle of classes, P19 several domains or ranges, P27 and P31
            wrong equivalence, P28 wrong symmetric, P29 wrong transitive, P40 namespace hijacking
IMPORTANT   P10 no disjointness, P11 no domain or range, P12 and P30 equivalence not declared, P24 recursive
            definition, P25 inverse to itself, P26 inverse of a symmetric, P35 untyped property, P38 no header,
            P41 no licence
MINOR       P04 unconnected, P08 no label or definition, P21 a class for the rest, P22 mixed naming, P32 same label,
            P33 chain of one, P34 untyped class, P36 file extension in the IRI
==========  =======================================================================================================

OOPS! compares words with a dictionary in P30 and P31. Here P30 compares names, and P31 looks for classes that are
declared equivalent and also disjoint, or also subclass, or of which one is named as a kind of the other ("action
plan", "plan"). Where P30 and P12 see two terms that a subclass or subproperty axiom relates, they are content.
Left out: P02, P07, P13, P20 (matters of meaning or taste), P37, P39 (need the network), and those that OOPS! itself
does not automate.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from rdflib import RDFS, SKOS, Graph, Literal, URIRef

from tests.ontology.checks.foops import LICENCE_PROPERTIES
from tests.ontology.checks.model import Ontology, every, local_name
from tests.ontology.checks.oops_classes import P04, P06, P10, P21, P30, P31, P32, P34, used_as_class
from tests.ontology.checks.oops_properties import P03, P05, P11, P12, P19, P24, P25, P26, P27, P28, P29, P33, P35
from tests.ontology.checks.vocabularies import defines, namespace_of

__all__ = ["OOPS_CHECKS", "OOPS_CRITICAL", "OOPS_IMPORTANT", "OOPS_MINOR"]


def _headers(ontology: Ontology) -> list[URIRef]:
    return ontology.headers


def _described(ontology: Ontology) -> list[URIRef]:
    return [*ontology.classes, *ontology.properties]


def _undocumented(ontology: Ontology, term: URIRef) -> str | None:
    graph = ontology.graph
    wanted = {"label": (RDFS.label, SKOS.prefLabel), "definition": (SKOS.definition, RDFS.comment)}
    missing = [name for name, props in wanted.items() if not any((term, prop, None) in graph for prop in props)]
    return f"{ontology.short(term)} has no {' and no '.join(missing)}: add it." if missing else None


P08: Final = every("P08", "Missing annotations", _described, _undocumented)


def _style(name: str) -> str:
    case = "an upper-case" if name[:1].isupper() else "a lower-case"
    mark = next((mark for mark in "_-" if mark in name), None)
    return f"{case} first letter" + (f" and '{mark}' between words" if mark else " and no marks between words")


def _named_unlike_most(ontology: Ontology, term: URIRef) -> str | None:
    kind = ontology.classes if term in ontology.classes else ontology.properties
    styles = Counter(_style(local_name(other)) for other in kind)
    usual = min(styles, key=lambda style: (-styles[style], style))
    if _style(local_name(term)) == usual:
        return None
    noun = "classes" if term in ontology.classes else "properties"
    return f"{ontology.short(term)} is not named like most {noun}, with {usual}: rename it."


P22: Final = every("P22", "Mixed naming", _described, _named_unlike_most)


_EXTENSION: Final = re.compile(r"\.(owl|rdf|rdfs|rdfxml|xml|ttl|n3|nt|jsonld|json)$", re.IGNORECASE)


def _has_extension(_: Ontology, header: URIRef) -> str | None:
    if not _EXTENSION.search(urlsplit(header).path.rstrip("/")):
        return None
    return f"<{header}> ends like the name of a file: leave the format to content negotiation."


P36: Final = every("P36", "File extension in the IRI", _headers, _has_extension)


def _no_header(ontology: Ontology, _: Graph) -> str | None:
    if ontology.headers:
        return None
    return "The graph declares no ontology: add an IRI of type owl:Ontology with a title, a licence and a version."


P38: Final = every("P38", "No ontology declared", lambda ontology: [ontology.graph], _no_header, about=lambda *_: None)


def _names_used(ontology: Ontology) -> list[str]:
    """Return every IRI of a known vocabulary, and every other outside IRI that is used as a class or property."""
    graph = ontology.graph
    nodes = {node for triple in graph for node in triple}
    iris = {str(node) for node in nodes if isinstance(node, URIRef)}
    iris |= {str(node.datatype) for node in nodes if isinstance(node, Literal) and node.datatype}
    terms = {str(term) for term in (*used_as_class(ontology), *ontology.all_classes, *ontology.all_properties)}
    terms |= {str(predicate) for predicate in graph.predicates()}
    return sorted(iri for iri in iris if not ontology.is_own(iri) and (namespace_of(iri) or iri in terms))


def _hijacked(ontology: Ontology, iri: str) -> str | None:
    match defines(iri):
        case True:
            return None
        case False:
            return (
                f"{ontology.short(iri)} does not exist in {namespace_of(iri)}: use a term that its vocabulary defines."
            )
        case None:
            return (
                f"<{iri}> is of a vocabulary that is not known here, so it may not exist: look it up, and add the "
                "vocabulary to tools/vocabulary_terms.py."
            )


P40: Final = every("P40", "Namespace hijacking", _names_used, _hijacked)


def _unlicensed(ontology: Ontology, header: URIRef) -> str | None:
    if any((header, prop, None) in ontology.graph for prop in LICENCE_PROPERTIES):
        return None
    return f"<{header}> has no licence: add dcterms:license, so that others know what they may do with it."


P41: Final = every("P41", "No licence declared", _headers, _unlicensed)

OOPS_CRITICAL: Final = (P03, P05, P06, P19, P27, P28, P29, P31, P40)
OOPS_IMPORTANT: Final = (P10, P11, P12, P24, P25, P26, P30, P35, P38, P41)
OOPS_MINOR: Final = (P04, P08, P21, P22, P32, P33, P34, P36)

#: Every pitfall, by importance.
OOPS_CHECKS: Final = (*OOPS_CRITICAL, *OOPS_IMPORTANT, *OOPS_MINOR)

"""Which terms of a graph are the ontology's own: everything that the checks judge depends on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph

from tests.ontology.checks import Ontology

CASES = {
    "the preferred namespace": (
        "<http://x.example/o> a owl:Ontology ; vann:preferredNamespaceUri 'http://x.example/other#' ."
        " <http://x.example/other#A> a owl:Class . <http://x.example/o#B> a owl:Class .",
        "http://x.example/other#",
        ["A"],
    ),
    "the ontology's IRI and #": (
        "<http://x.example/o> a owl:Ontology . <http://x.example/o#A> a owl:Class . foaf:Agent a owl:Class .",
        "http://x.example/o#",
        ["A"],
    ),
    "the ontology's IRI and /": (
        "<http://x.example/o> a owl:Ontology . <http://x.example/o/A> a owl:Class . <http://x.example/B> a owl:Class .",
        "http://x.example/o/",
        ["A"],
    ),
    "an ontology whose IRI ends in #": (
        "<http://x.example/o#> a owl:Ontology . <http://x.example/o#A> a owl:Class .",
        "http://x.example/o#",
        ["A"],
    ),
    "no header: the unknown namespace": (
        "foaf:Agent a owl:Class . foaf:Group a owl:Class . <http://x.example/o#A> a owl:Class .",
        "http://x.example/o#",
        ["A"],
    ),
    "no header: a known vocabulary itself": ("foaf:Agent a owl:Class .", "http://xmlns.com/foaf/0.1/", ["Agent"]),
    "nothing at all": ("", "", []),
}


@pytest.mark.parametrize("case", CASES)
def test_own_terms_are_told_from_those_of_others(case: str, prefixed: Callable[[str], Graph]) -> None:
    turtle, namespace, names = CASES[case]
    ontology = Ontology(prefixed(turtle))
    assert ontology.namespace == namespace
    assert ontology.terms == ontology.classes
    assert [str(term) for term in ontology.terms] == [namespace + name for name in names]

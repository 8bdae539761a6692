"""Finds literals that are invalid for their datatype, or do not have the datatype that the ontology requires.

owlrl compares datatypes only if literals of both occur, and cannot say which thing a literal belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from owlrl.XsdDatatypes import OWL_Datatype_Subsumptions
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from ecp_graph.reasoning.contradiction import Contradiction, contradiction, show

__all__ = ["find_wrong_values"]


def find_wrong_values(closed: Graph) -> list[Contradiction]:
    """Return the contradictions about literals in the closure of data and ontology. Spec: OWL 2 Profiles, table 8."""
    found = {*_malformed(closed), *_of_another_datatype(closed)}
    return sorted(found, key=lambda one: one.sentence)


def _malformed(closed: Graph) -> Iterator[Contradiction]:
    for subject, predicate, value in closed:
        if isinstance(value, Literal) and value.ill_typed:
            what = f"{show(value)}, the {show(predicate)} of {show(subject)}"
            yield contradiction(f"{what}, is typed as {show(_datatype(value))} but is not a valid one.", subject)


def _of_another_datatype(closed: Graph) -> Iterator[Contradiction]:
    for predicate, datatype in closed.subject_objects(RDFS.range):
        if not str(datatype).startswith(str(XSD)):
            continue
        for subject, value in closed.subject_objects(predicate):
            if isinstance(value, Literal) and _base(_datatype(value)) != _base(datatype):
                what = f"{show(value)}, the {show(predicate)} of {show(subject)}"
                yield contradiction(
                    f"{what}, has the datatype {show(_datatype(value))}, not {show(datatype)}.", subject
                )


def _datatype(literal: Literal) -> URIRef:
    return RDF.langString if literal.language else literal.datatype or XSD.string


def _base(datatype: Node) -> Node:
    """Return the datatype out of whose values this one takes its own: xsd:decimal for xsd:integer."""
    wider = OWL_Datatype_Subsumptions.get(URIRef(str(datatype)))
    return wider[-1] if wider else datatype

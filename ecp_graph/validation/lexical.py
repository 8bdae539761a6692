"""The literals that engines of SHACL agree on: written plainly, valid, and of one kind where they are compared.

rdflib takes "2016-01-01"^^xsd:dateTime for valid, XML Schema does not; engines differ on a comparison of a date with a
time, or of a time in a zone with one in none. Where data hold such a literal, only pySHACL says what pySHACL says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, XSD

__all__ = ["all_plain", "comparable", "expressible", "is_plain", "survive_store"]

_INTEGERS: Final = frozenset(
    str(XSD[name]) for name in ("integer", "nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte")
)
_DAY: Final = "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ZONE: Final = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
_CLOCK: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_FORMS: Final = {
    **{kind: re.compile("[+-]?[0-9]{1,9}") for kind in _INTEGERS},
    str(XSD.decimal): re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?"),
    str(XSD.double): re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"),
    str(XSD.boolean): re.compile("true|false|0|1"),
    str(XSD.date): re.compile(_DAY + _ZONE),
    str(XSD.dateTime): re.compile(_DAY + _CLOCK + _ZONE),
    str(XSD.gYear): re.compile("[1-9][0-9]{3}"),
    str(XSD.gYearMonth): re.compile("[1-9][0-9]{3}-(?:0[1-9]|1[0-2])"),
}
_IN_ZONE: Final = re.compile(r"Z$|[+-][0-9]{2}:[0-9]{2}$")
_WITH_DAY: Final = frozenset({str(XSD.date), str(XSD.dateTime)})
_ANY_FORM: Final = frozenset({str(XSD.string), str(XSD.anyURI), str(RDF.langString)})
_COMPARED: Final = frozenset({str(XSD.integer), str(XSD.date), str(XSD.dateTime)})


def is_plain(literal: ox.Literal) -> bool:
    """Return whether all engines find the form of a literal valid; False also for a type of which that is unknown."""
    kind = literal.datatype.value
    if kind in _ANY_FORM:
        return True
    if kind not in _FORMS or not _FORMS[kind].fullmatch(literal.value):
        return False
    return kind not in _WITH_DAY or _is_day(literal.value[:10])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def all_plain(kind: str, literals: Iterable[ox.Literal]) -> bool:
    """Return whether engines agree on which of the literals are valid ones of a datatype."""
    known = kind in _ANY_FORM or kind in _FORMS
    return known and all(is_plain(literal) for literal in literals if literal.datatype.value == kind)


def comparable(terms: Iterable[object]) -> bool:
    """Return whether all engines put the terms in the same order: plain integers, or times all with or without zone."""
    found = list(terms)
    literals = [term for term in found if isinstance(term, ox.Literal) and term.datatype.value in _COMPARED]
    return len(literals) == len(found) and _of_one_kind(literals)


def expressible(objects: Iterable[Iterable[object]]) -> bool:
    """Return whether engines agree on expressions over what properties have as objects.

    The literals of a property are all texts, or all of one kind; among all of them there is one kind besides texts.
    rdflib takes unlike ones for comparable, which SPARQL does not.
    """
    others: list[ox.Literal] = []
    for terms in objects:
        literals = [term for term in terms if isinstance(term, ox.Literal)]
        typed = [literal for literal in literals if literal.datatype.value not in _ANY_FORM]
        if typed and len(typed) < len(literals):
            return False
        others += typed
    return _of_one_kind(others)


def _of_one_kind(literals: Iterable[ox.Literal]) -> bool:
    kinds = set()
    for literal in literals:
        if not is_plain(literal):
            return False
        kinds.add((literal.datatype.value, bool(_IN_ZONE.search(literal.value))))
    return len(kinds) <= 1


def survive_store(literals: Iterable[ox.Literal]) -> bool:
    """Return whether a store gives the literals back as they were written, and not as 1.5 for 1.50."""
    given = set(literals)
    store = ox.Store()
    node = ox.NamedNode("urn:literal")
    store.bulk_extend(ox.Quad(node, node, literal) for literal in given)
    return {quad.object for quad in store} == given

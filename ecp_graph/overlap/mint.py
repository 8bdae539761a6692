"""Making the node of an overlap out of the rows that a rule found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import EcpGraphError
from ecp_graph.languages import main_language
from ecp_graph.namespaces import ECP, PREFIXES, names

__all__ = ["Evidence", "Overlap", "gather", "overlap_quads"]

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = ox.NamedNode(PREFIXES["skos"] + "prefLabel")


@dataclass(frozen=True)
class Evidence:
    """One row of a rule: two members (IRIs) deal with ``on`` (IRI), at a grade, by an action and a reading if known.

    The grade is a notation; of two, the first in the alphabet is the stronger.
    """

    member_a: str
    member_b: str
    on: str
    grade: str
    action: str | None = None
    reading: str | None = None


@dataclass
class Overlap:
    """Two members (IRIs, sorted) and what they share, with the evidence of the strongest grade found."""

    members: tuple[str, str]
    on: str
    grade: str
    actions: set[str] = field(default_factory=set)
    readings: set[str] = field(default_factory=set)

    @property
    def iri(self) -> str:
        """``id/overlap/body-ptc--body-tfawg--instrument-transit-guidelines``."""
        return f"{names().id}overlap/" + "--".join(_slug(iri) for iri in (*self.members, self.on))


def gather(rows: Iterable[Evidence]) -> list[Overlap]:
    """Return one overlap for each pair and shared thing, in the order of their IRIs.

    A row whose members are one and the same is no overlap. A row of a weaker grade than another adds nothing.
    """
    found: dict[tuple[str, str, str], Overlap] = {}
    for row in rows:
        if row.member_a == row.member_b:
            continue
        first, second = sorted((row.member_a, row.member_b))
        overlap = found.get((first, second, row.on))
        if overlap is None or row.grade < overlap.grade:
            overlap = found[first, second, row.on] = Overlap((first, second), row.on, row.grade)
        if row.grade == overlap.grade:
            overlap.actions |= {row.action} if row.action else set()
            overlap.readings |= {row.reading} if row.reading else set()
    overlaps = sorted(found.values(), key=lambda one: one.iri)
    _check_distinct(overlaps)
    return overlaps


def overlap_quads(
    overlap: Overlap, name: Callable[[str], str], grades: Mapping[str, str], graph: ox.NamedNode
) -> list[ox.Quad]:
    """Return the triples of an overlap in the graph.

    ``name`` gives the short name of a thing for the label, ``grades`` the concept (IRI) of a grade by its notation.

    ::

        overlap:… a ecp:Overlap ; skos:prefLabel "PTC and TFAWG on Transit Guidelines"@en ; ecp:overlapMember …, … ;
            ecp:overlapOn … ; ecp:evidenceGrade concept:grade-b ; ecp:overlapAction … ; ecp:statedIn … .
    """
    first, second = (name(member) for member in overlap.members)
    label = ox.Literal(_label(first, second, name(overlap.on)), language=main_language())
    links = [
        *(("overlapMember", member) for member in overlap.members),
        ("overlapOn", overlap.on),
        ("evidenceGrade", grades[overlap.grade]),
        *(("overlapAction", action) for action in sorted(overlap.actions)),
        *(("statedIn", reading) for reading in sorted(overlap.readings)),
    ]
    node = ox.NamedNode(overlap.iri)
    return [
        ox.Quad(node, _TYPE, ox.NamedNode(ECP + "Overlap"), graph),
        ox.Quad(node, _LABEL, label, graph),
        *(ox.Quad(node, ox.NamedNode(ECP + term), ox.NamedNode(value), graph) for term, value in links),
    ]


def _label(first: str, second: str, thing: str) -> str:
    """Return the label of an overlap in English, or without words of any language where English is not the main one."""
    return f"{first} and {second} on {thing}" if main_language() == "en" else f"{first} – {second}: {thing}"


def _slug(iri: str) -> str:
    """Return ``body-ptc`` for ``…/id/body/ptc``; of other IRIs what follows the scheme, in letters, digits and dots."""
    own = names().id
    local = iri.removeprefix(own) if iri.startswith(own) else iri.partition("://")[2] or iri
    return re.sub(r"[^\w.-]+", "-", local).strip("-")


def _check_distinct(overlaps: list[Overlap]) -> None:
    for one, other in pairwise(overlaps):
        if one.iri == other.iri:
            things = [" ".join((*overlap.members, overlap.on)) for overlap in (one, other)]
            raise EcpGraphError(
                f"Two overlaps would get the IRI {one.iri}: {things[0]} and {things[1]}. Rename one of these things."
            )

"""Making the node of an overlap."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import EcpGraphError
from ecp_graph.languages import main_language
from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.overlap.evidence import Overlap

__all__ = ["check_distinct", "overlap_iri", "overlap_quads"]

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = ox.NamedNode(PREFIXES["skos"] + "prefLabel")


def overlap_iri(overlap: Overlap) -> str:
    """Return ``id/overlap/body-ptc--body-tfawg--action-ecp3-3``: the members and the cause."""
    return f"{names().id}overlap/" + "--".join(_slug(iri) for iri in (*overlap.members, overlap.cause))


def overlap_quads(
    overlap: Overlap, name: Callable[[str], str], concepts: Mapping[str, Mapping[str, str]], graph: ox.NamedNode
) -> list[ox.Quad]:
    """Return the triples of an overlap in the graph.

    ``name`` gives the short name of a thing for the label; ``concepts`` the concept (IRI) of each notation, for the
    properties evidenceGrade, overlapKind and certainty.

    ::

        overlap:… a ecp:Overlap ; skos:prefLabel "PTC and TFAWG on Transit Guidelines"@en ; ecp:overlapMember …, … ;
            ecp:overlapCause … ; ecp:overlapOn …, … ; ecp:overlapKind concept:overlap-parallel ;
            ecp:evidenceGrade concept:grade-b ; ecp:certainty concept:certainty-verbatim ;
            ecp:overlapAction …, … ; ecp:statedIn … .
    """
    first, second = (name(member) for member in overlap.members)
    label = ox.Literal(_label(first, second, name(overlap.cause)), language=main_language())
    marks = {"overlapKind": overlap.kind, "evidenceGrade": overlap.grade, "certainty": overlap.certainty}
    links = [
        *(("overlapMember", member) for member in overlap.members),
        ("overlapCause", overlap.cause),
        *(("overlapOn", thing) for thing in sorted(overlap.on)),
        *((term, concepts[term][mark]) for term, mark in marks.items() if mark),
        *(("overlapAction", action) for action in sorted(overlap.actions)),
        *(("statedIn", reading) for reading in sorted(overlap.readings)),
    ]
    node = ox.NamedNode(overlap_iri(overlap))
    return [
        ox.Quad(node, _TYPE, ox.NamedNode(ECP + "Overlap"), graph),
        ox.Quad(node, _LABEL, label, graph),
        *(ox.Quad(node, ox.NamedNode(ECP + term), ox.NamedNode(value), graph) for term, value in links),
    ]


def check_distinct(overlaps: Sequence[Overlap]) -> None:
    """Raise EcpGraphError when two overlaps would get one IRI."""
    for one, other in pairwise(sorted(overlaps, key=overlap_iri)):
        if overlap_iri(one) == overlap_iri(other):
            things = [" ".join((*overlap.members, overlap.cause)) for overlap in (one, other)]
            raise EcpGraphError(
                f"Two overlaps would get the IRI {overlap_iri(one)}: {things[0]} and {things[1]}. "
                "Rename one of these things."
            )


def _label(first: str, second: str, thing: str) -> str:
    """Return the label of an overlap in English, or without words of any language where English is not the main one."""
    return f"{first} and {second} on {thing}" if main_language() == "en" else f"{first} – {second}: {thing}"


def _slug(iri: str) -> str:
    """Return ``body-ptc`` for ``…/id/body/ptc``; of other IRIs what follows the scheme, in letters, digits and dots."""
    own = names().id
    local = iri.removeprefix(own) if iri.startswith(own) else iri.partition("://")[2] or iri
    return re.sub(r"[^\w.-]+", "-", local).strip("-")

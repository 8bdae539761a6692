"""Profiles: shapes that hold for one document, and are run on what its readings state.

What another plan of the workspace states is never seen. What external readings add to a thing of the document, such as
a code out of a list, is: otherwise no profile could ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, ECP

__all__ = ["profile_view", "stated_by"]

_PASSAGE_OF: Final = ox.NamedNode(ECP + "passageOf")
_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_CERTAINTY: Final = ox.NamedNode(ECP + "certainty")
_EXTERNAL: Final = ox.NamedNode(CONCEPTS + "certainty-external")


def stated_by(document: str, quads: Iterable[ox.Quad], data: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return those of the quads that readings of the document state; ``data`` describes the readings."""
    own = ox.NamedNode(document)
    passages = {quad.subject for quad in data if quad.predicate == _PASSAGE_OF and quad.object == own}
    readings: set[object] = {quad.subject for quad in _with(_READING_OF, data) if quad.object in passages}
    return [quad for quad in quads if quad.graph_name in readings]


def profile_view(stated: Sequence[ox.Quad], data: Sequence[ox.Quad], ontology: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return what a document states, what external readings add to the things that it describes, and the ontology."""
    external: set[object] = {quad.subject for quad in _with(_CERTAINTY, data) if quad.object == _EXTERNAL}
    described = {quad.subject for quad in stated}
    added = (quad for quad in data if quad.graph_name in external and quad.subject in described)
    return [*ontology, *stated, *added]


def _with(predicate: ox.NamedNode, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    return (quad for quad in quads if quad.predicate == predicate)

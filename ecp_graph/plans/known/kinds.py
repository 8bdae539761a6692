"""Kinds of things that can be known apart from any one plan; ``kinds.yaml`` lists their classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import yaml

from ecp_graph.namespaces import PREFIXES

__all__ = [
    "best_stated_properties",
    "class_kinds",
    "kinds_of",
    "register_kinds",
    "register_properties",
    "unregistered_classes",
]

_FILE: Final = Path(__file__).with_name("kinds.yaml")
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")


@cache
def class_kinds() -> Mapping[str, str]:
    """Return the kind of each class (IRI): body, programme, instrument, topic or goal."""
    return {_iri(name): kind for kind, classes in _table()["kinds"].items() for name in classes}


@cache
def register_kinds() -> frozenset[str]:
    """Return the kinds of what a register holds."""
    return frozenset(_table()["register"])


@cache
def unregistered_classes() -> frozenset[str]:
    """Return the classes (IRIs) of things that a register does not hold, whatever their kind."""
    return frozenset(map(_iri, _table()["not_in_register"]))


@cache
def register_properties() -> frozenset[str]:
    """Return the properties (IRIs) by which a register describes things."""
    return frozenset(map(_iri, _table()["properties"]))


@cache
def best_stated_properties() -> frozenset[str]:
    """Return the properties (IRIs) of which a register has the values that are stated at the best certainty."""
    return frozenset(map(_iri, _table()["best_stated"]))


def kinds_of(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return the kind of each thing (IRI) that the quads give a class of one, in their order."""
    known = class_kinds()
    found = dict[str, str]()
    for quad in quads:
        is_class = quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode)
        if is_class and isinstance(quad.subject, ox.NamedNode) and (kind := known.get(quad.object.value)):  # type: ignore[union-attr]
            found.setdefault(quad.subject.value, kind)
    return found


@cache
def _table() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return held


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local

"""Which terms the well-known vocabularies define, so that a reuse can be checked without the network.

The lists are facts read from the vocabularies' own files by ``tools/vocabulary_terms.py``, which writes
``vocabulary_terms.json`` beside this module: namespace to the sorted names of its terms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from rdflib import RDF

__all__ = ["defines", "namespace_of", "vocabulary_terms"]

_CONTAINER_MEMBER = re.compile(r"_[1-9][0-9]*")


@cache
def vocabulary_terms() -> Mapping[str, frozenset[str]]:
    """Return, for each known namespace, the names of its terms without the namespace."""
    text = files("tests.ontology.checks").joinpath("vocabulary_terms.json").read_text(encoding="utf-8")
    return MappingProxyType({namespace: frozenset(names) for namespace, names in json.loads(text).items()})


@cache
def namespace_of(iri: str) -> str | None:
    """Return the longest known namespace that an IRI lies in, or None; a namespace by itself is not a term of it."""
    inside = (space for space in vocabulary_terms() if iri.startswith(space) and iri != space)
    return max(inside, key=len, default=None)


def defines(iri: str) -> bool | None:
    """Return whether the vocabulary of an IRI defines it; None when the vocabulary is not known here."""
    namespace = namespace_of(iri)
    if namespace is None:
        return None
    name = iri[len(namespace) :]
    if namespace == str(RDF) and _CONTAINER_MEMBER.fullmatch(name):
        return True
    return name in vocabulary_terms()[namespace]

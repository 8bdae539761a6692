"""Compares two versions of the ontology, term by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

from ecp_graph.linked_data.vocabulary import Concept, Term, Vocabulary
from ecp_graph.namespaces import compact

__all__ = ["TermChange", "vocabulary_changes"]

#: What says nothing of the meaning of a term: its IRI, what stands below it, and its examples.
_HIDDEN: Final = frozenset({"iri", "children", "examples"})


@dataclass(frozen=True)
class TermChange:
    """One term or value that came, went or changed, and the names of what is different about it."""

    kind: Literal["added", "removed", "changed"]
    iri: str
    aspects: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its curie."""
        return compact(self.iri)


def vocabulary_changes(before: Vocabulary, after: Vocabulary) -> list[TermChange]:
    """Return the changes in the order of the terms' names."""
    old, new = _entries(before), _entries(after)
    changes: list[TermChange] = []
    for iri in sorted({*old, *new}):
        if iri not in old:
            changes.append(TermChange("added", iri))
        elif iri not in new:
            changes.append(TermChange("removed", iri))
        elif aspects := _aspects(old[iri], new[iri]):
            changes.append(TermChange("changed", iri, aspects))
    return changes


def _entries(vocabulary: Vocabulary) -> Mapping[str, Term | Concept]:
    concepts = (concept for scheme in vocabulary.schemes for concept in scheme.concepts)
    return {**vocabulary.by_iri, **{concept.iri: concept for concept in concepts}}


def _aspects(before: Term | Concept, after: Term | Concept) -> tuple[str, ...]:
    if type(before) is not type(after):
        return ("kind",)
    names = [field.name for field in fields(before) if field.name not in _HIDDEN]
    return tuple(name.replace("_", " ") for name in names if getattr(before, name) != getattr(after, name))

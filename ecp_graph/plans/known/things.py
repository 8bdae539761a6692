"""What a workspace knows, thing by thing: its IRI, kind, code and names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES
from ecp_graph.plans.known.kinds import kinds_of

__all__ = ["READ", "KnownThing", "known_things"]

_SKOS: Final = PREFIXES["skos"]
_PREFERRED: Final = _SKOS + "prefLabel"
_OTHER: Final = _SKOS + "altLabel"
_CODE: Final = _SKOS + "notation"
#: What things are known by; no statement with another property makes a difference.
READ: Final = (PREFIXES["rdf"] + "type", _PREFERRED, _OTHER, _CODE)


@dataclass(frozen=True)
class KnownThing:
    """A thing with its names as pairs of text and language; ``code`` is empty where it has none."""

    iri: str
    kind: str
    code: str = ""
    preferred: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = field(default=())

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Its preferred names, and then the others."""
        return self.preferred + self.others


def known_things(quads: Iterable[ox.Quad]) -> list[KnownThing]:
    """Return what statements describe by a name or a code, in the order of its IRIs."""
    quads = list(quads)
    kinds = kinds_of(quads)
    held: dict[str, dict[str, dict[tuple[str, str], None]]] = {}
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        is_name = predicate in (_PREFERRED, _OTHER, _CODE) and isinstance(value, ox.Literal)
        if is_name and isinstance(subject, ox.NamedNode) and subject.value in kinds:
            names = held.setdefault(subject.value, {}).setdefault(predicate, {})
            names[value.value, value.language or ""] = None  # type: ignore[union-attr]
    return [
        KnownThing(
            iri,
            kinds[iri],
            next((text for text, _ in sorted(names.get(_CODE, ()))), ""),
            tuple(sorted(names.get(_PREFERRED, ()))),
            tuple(sorted(names.get(_OTHER, ()))),
        )
        for iri, names in sorted(held.items())
    ]

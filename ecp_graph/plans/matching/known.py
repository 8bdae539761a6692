"""Things that are known, and those that statements describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES
from ecp_graph.plans.known.kinds import kinds_of

__all__ = ["Known", "known_of"]

#: The properties that name a thing, a code first and then the preferred name.
_RANKS: Final = {
    PREFIXES["skos"] + name: rank for rank, name in enumerate(("notation", "prefLabel", "altLabel", "hiddenLabel"))
}


@dataclass(frozen=True)
class Known:
    """A thing that is known: ``labels`` are its names, each with its language, the preferred ones first."""

    iri: str
    notation: str
    kind: str
    labels: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its labels and its notation, each once."""
        texts = [*(text for text, _ in self.labels), self.notation]
        return tuple(dict.fromkeys(text for text in texts if text))


def known_of(quads: Iterable[ox.Quad]) -> tuple[Known, ...]:
    """Return the bodies, programmes, instruments, topics and goals to which statements give a name or a code.

    They come in the order of their IRIs, the preferred names first and then in the order of the alphabet.
    """
    quads = list(quads)
    kinds = kinds_of(quads)
    held: dict[str, set[tuple[int, str, str]]] = {}
    for quad in quads:
        subject, name, rank = quad.subject, quad.object, _RANKS.get(quad.predicate.value)
        if rank is not None and isinstance(subject, ox.NamedNode) and isinstance(name, ox.Literal):
            held.setdefault(subject.value, set()).add((rank, name.value, name.language or ""))
    return tuple(_known(iri, kinds[iri], sorted(names)) for iri, names in sorted(held.items()) if iri in kinds)


def _known(iri: str, kind: str, names: Iterable[tuple[int, str, str]]) -> Known:
    codes, labels = [], []
    for rank, text, language in names:
        if rank:
            labels.append((text, language))
        else:
            codes.append(text)
    return Known(iri, codes[0] if codes else "", kind, tuple(labels))

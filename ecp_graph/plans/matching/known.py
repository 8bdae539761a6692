"""Things that are known, and those that statements describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ecp_graph.plans.known.things import KnownThing

__all__ = ["Known", "known_of"]


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


def known_of(things: Iterable[KnownThing]) -> tuple[Known, ...]:
    """Return the things that statements describe as what names are matched with, in their order."""
    return tuple(Known(thing.iri, thing.code, thing.kind, thing.names) for thing in things)

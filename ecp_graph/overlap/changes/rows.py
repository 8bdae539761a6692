"""An action of a plan as it is compared with those of another plan."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.overlap.likeness.text import plain, words_of

__all__ = ["Party", "PlanRow", "PlanTime", "same_words"]

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, order=True)
class Party:
    """Who is responsible for an action: what it is told by (an IRI or a name), what it is called, and its role."""

    key: str
    name: str = field(compare=False)
    role: str = ""


@dataclass(frozen=True)
class PlanTime:
    """When an action is due or under way: as written, the notation of its kind, and its bounds as text."""

    text: str = ""
    kind: str = ""
    bounds: tuple[str, ...] = ()

    def is_same(self, other: PlanTime) -> bool:
        """Return whether two times mean the same: by their bounds, or else by their words."""
        if any(self.bounds) or any(other.bounds):
            return (self.kind, self.bounds) == (other.kind, other.bounds)
        if self.kind == other.kind and self.kind in ("continuous", "not-stated"):
            return True
        return same_words(self.text) == same_words(other.text)


@dataclass(frozen=True)
class PlanRow:
    """One action: its number as written, and what a plan says of it; ``things`` are IRIs that it concerns."""

    number: str
    title: str
    language: str = "en"
    chapter: str = ""
    parties: tuple[Party, ...] = ()
    time: PlanTime = PlanTime()
    things: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What the action is called in a list of numbers: its number, or its title where it has none."""
        return self.number or self.title

    @property
    def terms(self) -> frozenset[str]:
        """The stems of the words of its title that say something."""
        return frozenset(word.stem for word in words_of(self.title, self.language) if not word.is_stop)


def same_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents, typography and white space."""
    return tuple(_WORD.findall(plain(text)))

"""The chapters of a plan: their numbers, names and order, as far as the document has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pyoxigraph as ox

from ecp_graph.plans.draft.model import DraftRow
from ecp_graph.plans.writing.evidence import Certainty, Evidence, Place
from ecp_graph.plans.writing.minting import Minter
from ecp_graph.plans.writing.texts import clean, key, numbered

__all__ = ["Chapter", "chapters_of"]


@dataclass(frozen=True)
class Chapter:
    """A chapter; a number or a position that the document does not bear out is left empty."""

    iri: str
    number: str
    name: str
    position: int | None

    def state(self, place: Place, certainty: Certainty, evidence: Evidence, plan: str, language: str) -> None:
        """State what the place of its heading says of it."""
        evidence.state(place, certainty, self.iri, "rdf:type", "ecp:Chapter")
        if self.number:
            if self.number.isdecimal() and self.number.isascii() and int(self.number):
                evidence.state(place, certainty, self.iri, "ecp:chapterNumber", ox.Literal(int(self.number)))
            evidence.state(place, certainty, self.iri, "ecp:numberText", ox.Literal(self.number))
        if self.position:
            evidence.state(place, certainty, self.iri, "ecp:position", ox.Literal(self.position))
        evidence.state(place, certainty, self.iri, "skos:prefLabel", ox.Literal(self.name, language=language))
        evidence.state(place, certainty, self.iri, "ecp:inPlan", plan)


def chapters_of(rows: Sequence[DraftRow], minter: Minter, slug: str, listed: Iterable[str] = ()) -> dict[str, Chapter]:
    """Return the chapters of rows by `texts.key` of their texts; those that the document lists come first.

    Chapters have positions where each is one stretch of rows and their numbers rise. They have numbers where no two
    share one and no action's number names another chapter than its own.
    """
    heads = {key(text): text for text in (*listed, *(row.chapter for row in rows)) if clean(text)}
    split = {head: numbered(text) for head, text in heads.items()}
    numbers = [number for number, _ in split.values() if number]
    has_numbers = len(set(numbers)) == len(numbers) and not _is_misplaced(rows, split)
    has_order = _is_ordered(rows, [number for number, _ in split.values()] if has_numbers else [])
    found: dict[str, Chapter] = {}
    for position, (head, text) in enumerate(heads.items(), 1):
        number, name = split[head] if has_numbers else ("", clean(text))
        iri = minter.mint("chapter", slug, number or name)
        found[head] = Chapter(iri, number, name, position if has_order else None)
    return found


def _is_misplaced(rows: Iterable[DraftRow], split: dict[str, tuple[str, str]]) -> bool:
    """Whether a row's number begins with that of another chapter than the one it is in."""
    numbers = {number for number, _ in split.values() if number}
    for row in rows:
        own = split.get(key(row.chapter), ("", ""))[0]
        number = clean(row.number)
        named = any(number.startswith(f"{other}.") for other in numbers)
        if named and own and not number.startswith(f"{own}."):
            return True
    return False


def _is_ordered(rows: Iterable[DraftRow], numbers: Iterable[str]) -> bool:
    stretches = [head for head, _ in groupby(_heads(rows))]
    integers = [int(number) for number in numbers if number.isascii() and number.isdecimal()]
    return len(stretches) == len(set(stretches)) and all(first < second for first, second in pairwise(integers))


def _heads(rows: Iterable[DraftRow]) -> Iterator[str]:
    return (key(row.chapter) for row in rows if clean(row.chapter))

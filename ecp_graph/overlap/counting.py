"""What makes two meet, counted and told in words: each row, session and theme once, whatever it is about.

The words for causes are those of the header of the query ``overlap-cells``. Nothing here asks the graph: pages, briefs
and commands pass the rows of queries of the catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ecp_graph.queries.catalogue import Query

__all__ = [
    "CELLS",
    "PAIRS",
    "RELATIONS",
    "WRITTEN_CODES",
    "CauseWords",
    "Meeting",
    "Relation",
    "causes_in_words",
    "count_marks",
    "meetings",
    "relations",
    "words_of_causes",
    "written_codes",
]

#: The queries whose rows are passed: pairs of bodies, who of two answers to the other, how documents write codes; and
#: the one whose header has the words for causes.
PAIRS: Final = "overlap-body-pairs"
RELATIONS: Final = "overlap-relations"
WRITTEN_CODES: Final = "written-codes"
CELLS: Final = "overlap-cells"
_CAUSES: Final = "causeKind"

Row = Mapping[str, str]
#: The word for one and for several causes of a kind, such as ``row`` and ``rows`` for ``action``, in the order in which
#: they are told.
CauseWords = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Relation:
    """Who of two bodies answers to the other or was set up by it: codes for reading, the relation, its certainty."""

    lower: str
    relation: str
    upper: str
    certainty: str

    @property
    def words(self) -> str:
        """As in ``TFA WG reports to PTC (external)``."""
        return f"{self.lower} {self.relation} {self.upper} ({self.certainty})"


@dataclass(frozen=True)
class Meeting:
    """Two bodies (IRIs, and codes for reading), what makes them meet in words, the best grade, and their relations.

    ``kinds`` counts the findings by kind, in words.
    """

    one: str
    other: str
    one_code: str
    other_code: str
    meet_on: str
    best: str
    kinds: str = ""
    relations: tuple[Relation, ...] = ()

    @property
    def is_between_peers(self) -> bool:
        """Whether neither is known to answer to the other, or to have been set up by it."""
        return not self.relations

    @property
    def relation(self) -> str:
        """The relations of the two in words; empty between peers."""
        return "; ".join(relation.words for relation in self.relations)

    @property
    def sentence(self) -> str:
        """As in ``PTC and TFA WG: 3 rows, 1 theme; grade B at best; TFA WG reports to PTC (external)``."""
        grade = f"grade {self.best} at best" if self.best else ""
        told = "; ".join(filter(None, (self.meet_on, grade, self.relation)))
        return f"{self.one_code} and {self.other_code}: {told}"


def words_of_causes(cells: Query) -> CauseWords:
    """Return the words for causes that the header of the query `CELLS` has, in its order."""
    words = {}
    for cause, told in cells.values_of(_CAUSES).items():
        one, _, several = told.partition(", ")
        words[cause] = (one or cause, several or one or cause)
    return words


def count_marks(marks: Iterable[tuple[str, int]], order: Iterable[str]) -> dict[str, int]:
    """Return how often each mark occurs, in the given order; those that it lacks come last, by the alphabet."""
    counts: Counter[str] = Counter()
    for mark, number in marks:
        counts[mark] += number
    return {mark: counts[mark] for mark in dict.fromkeys((*order, *sorted(counts))) if counts[mark]}


def causes_in_words(causes: Mapping[str, int], words: CauseWords) -> str:
    """Return counts of causes in words: ``3 rows, 1 joint session, 1 theme``."""
    told = []
    for cause, number in causes.items():
        one, several = words.get(cause, (cause, cause))
        told.append(f"{number} {one if number == 1 else several}")
    return ", ".join(told)


def written_codes(rows: Iterable[Row]) -> dict[str, str]:
    """Return how documents write the codes of things, by IRI, of the rows of `WRITTEN_CODES`."""
    return {row["thing"]: row["written"] for row in rows}


def relations(rows: Iterable[Row], written: Mapping[str, str]) -> dict[frozenset[str], tuple[Relation, ...]]:
    """Return who answers to whom, by the two IRIs, of the rows of `RELATIONS`; each once."""
    found: dict[frozenset[str], dict[Relation, None]] = {}
    for row in rows:
        lower, upper = (written.get(row[side], row[f"{side}Code"]) for side in ("lower", "upper"))
        relation = Relation(lower, row["relation"], upper, row["certainty"])
        found.setdefault(frozenset((row["lower"], row["upper"])), {})[relation] = None
    return {pair: tuple(of_pair) for pair, of_pair in found.items()}


def meetings(
    pairs: Iterable[Row],
    written: Mapping[str, str],
    related: Mapping[frozenset[str], tuple[Relation, ...]],
) -> list[Meeting]:
    """Return pairs of bodies, of the rows of `PAIRS` in their order, in which peers come first.

    ``written`` and ``related`` are what `written_codes` and `relations` return.
    """
    found = []
    for row in pairs:
        one, other = row["memberA"], row["memberB"]
        best = (name.removeprefix("grade") for name in row if name.startswith("grade") and int(row[name] or 0))
        found.append(
            Meeting(
                one,
                other,
                written.get(one, row["bodyA"]),
                written.get(other, row["bodyB"]),
                row["meetOn"],
                next(best, ""),
                row.get("kinds", ""),
                related.get(frozenset((one, other)), ()),
            )
        )
    return found

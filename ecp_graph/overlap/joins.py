"""What matrices are counted from: things that can stand on a side, links that join them, and findings on two of them.

Nothing here asks the graph: `ecp_graph.overlap.reading` makes it of the answers of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ecp_graph.tables.lists.wanted import Wanted

__all__ = ["Finding", "Joins", "Link", "Plan", "Thing"]


@dataclass(frozen=True)
class Thing:
    """What can stand on a side: IRI, dimension, code (may be empty), name, and the remark of dimension-things.

    ``written`` is the code as documents write it, where they do.
    """

    iri: str
    dimension: str
    code: str
    name: str
    remark: str = ""
    written: str = ""

    @property
    def shown_code(self) -> str:
        """The code that people read: as documents write it, else the project's own."""
        return self.written or self.code

    @property
    def short(self) -> str:
        """The code that people read where there is one, else the name."""
        return self.shown_code or self.name

    @property
    def full(self) -> str:
        """Code and name, as in ``TFA WG TFA Working Group``; one of them where the other says no more."""
        return f"{self.shown_code} {self.name}" if self.code and self.code != self.name else self.name

    @property
    def told(self) -> str:
        """As it is told in a sentence: a bare number needs its dimension, as in ``goal 1``."""
        return f"{self.dimension} {self.code}" if self.code.isdecimal() else self.short

    @property
    def is_everywhere(self) -> bool:
        """Whether it may be named everywhere, as the remark says of a secretariat, so that it would swamp a matrix."""
        return bool(self.remark)


@dataclass(frozen=True)
class Link:
    """One thing (IRI) of a dimension hangs on a link (IRI of a row, an event or a tool) by a tie."""

    dimension: str
    thing: str
    link: str
    tie: str


@dataclass(frozen=True)
class Finding:
    """Two members (IRIs) of a dimension overlap for one cause: its word, the kind, the grade and the certainty.

    ``on`` lists the kinds of the things that the finding is on, as in ``action, instrument``, and ``plans`` the IRIs of
    the plans whose actions show it. It may stand for a ``number`` of findings that are alike.
    """

    dimension: str
    member_a: str
    member_b: str
    cause: str
    kind: str
    grade: str
    certainty: str = ""
    on: str = ""
    plans: str = ""
    number: int = 1

    @property
    def things(self) -> list[str]:
        """The kinds of the things that it is on."""
        return self.on.split(", ") if self.on else []


@dataclass(frozen=True)
class SetApart:
    """What is left out unless it is asked for: things with a link, and how many of all actions name one of them."""

    things: Sequence[Thing]
    naming: int
    actions: int


@dataclass(frozen=True)
class Plan:
    """A plan by which findings and links can be chosen: IRI, name, and the IRIs of its actions."""

    iri: str
    name: str
    actions: frozenset[str]


@dataclass
class Joins:
    """All that matrices of one graph are counted from.

    ``grades`` and ``ties`` go from the strongest to the weakest, ``kinds`` and ``causes`` as they are told.
    ``plans`` are those that have actions.
    """

    things: Sequence[Thing]
    links: Sequence[Link]
    findings: Sequence[Finding]
    grades: Sequence[str] = ()
    ties: Sequence[str] = ()
    kinds: Sequence[str] = ()
    causes: Sequence[str] = ()
    plans: Sequence[Plan] = ()
    by_iri: dict[tuple[str, str], Thing] = field(init=False)

    def __post_init__(self) -> None:
        self.by_iri = {(thing.dimension, thing.iri): thing for thing in reversed(self.things)}

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that have things."""
        return tuple(sorted({thing.dimension for thing in self.things}))

    def sides(self, pair: str) -> tuple[str, str] | None:
        """Return the two dimensions that a pair joins by a hyphen, as in ``body-instrument``; None for others."""
        known = self.dimensions
        return next(((one, other) for one in known for other in known if pair == f"{one}-{other}"), None)

    def marks(self) -> set[tuple[str, str, str]]:
        """Return the dimension, kind and grade of findings, each combination once."""
        return {(finding.dimension, finding.kind, finding.grade) for finding in self.findings}

    def things_on(self, dimension: str) -> tuple[str, ...]:
        """Return the kinds of things that findings of a dimension are on."""
        of_dimension = (finding for finding in self.findings if finding.dimension == dimension)
        return tuple(sorted({thing for finding in of_dimension for thing in finding.things}))

    def findings_of(self, wanted: Wanted) -> Iterable[Finding]:
        """Return the findings that are wanted."""
        return (
            finding
            for finding in self.findings
            if finding.dimension == wanted.dimension
            and (wanted.grades is None or finding.grade in wanted.grades)
            and wanted.kind in ("", finding.kind)
            and (not wanted.on or wanted.on in finding.things)
            and (not wanted.plan or wanted.plan in finding.plans.split())
            and (wanted.members is None or {finding.member_a, finding.member_b} <= wanted.members)
        )

    def numbers_of(self, wanted: Wanted) -> Mapping[tuple[str, str], int]:
        """Return how many of the findings that are wanted each pair of members (IRIs) has."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for finding in self.findings_of(wanted):
            found[finding.member_a, finding.member_b] += finding.number
        return found

    @cached_property
    def graded(self) -> frozenset[str]:
        """The dimensions between whose things there are findings."""
        return frozenset(dimension for dimension, _, _ in self.marks())

    def of(self, dimension: str) -> list[Thing]:
        """Return the things of a dimension, each once."""
        return [thing for thing in self.by_iri.values() if thing.dimension == dimension][::-1]

    @cached_property
    def grade_ranks(self) -> Mapping[str, int]:
        """The grades by strength, 0 for the strongest; one that is not listed comes after those that are."""
        return _ranks(self.grades, (grade for _, _, grade in self.marks()))

    @cached_property
    def kind_ranks(self) -> Mapping[str, int]:
        """The kinds of overlap in their order."""
        return _ranks(self.kinds, (kind for _, kind, _ in self.marks()))

    @cached_property
    def tie_ranks(self) -> Mapping[str, int]:
        """The ties in the same way."""
        return _ranks(self.ties, (link.tie for link in self.links))

    @cached_property
    def by_link(self) -> dict[str, dict[str, dict[str, str]]]:
        """For each dimension and link, the strongest tie of each thing on it."""
        found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        ranks = self.tie_ranks
        for link in self.links:
            on_link = found[link.dimension][link.link]
            if link.thing not in on_link or ranks[link.tie] < ranks[on_link[link.thing]]:
                on_link[link.thing] = link.tie
        return found

    @cached_property
    def set_apart(self) -> SetApart:
        """What matrices leave out; a thing that is only known, and joined to nothing, is not among it."""
        links: dict[str, set[str]] = defaultdict(set)
        naming: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            links[link.thing].add(link.link)
            if not self.tie_ranks[link.tie]:
                naming[link.thing].add(link.link)
        things = [thing for thing in self.by_iri.values() if thing.is_everywhere and links[thing.iri]]
        actions = frozenset[str]().union(*(plan.actions for plan in self.plans))
        named = set[str]().union(*(naming[thing.iri] for thing in things)) & actions
        return SetApart(things, len(named), len(actions))


def _ranks(listed: Iterable[str], used: Iterable[str]) -> dict[str, int]:
    order = dict.fromkeys(listed)
    return {mark: at for at, mark in enumerate((*order, *sorted(set(used) - set(order))))}

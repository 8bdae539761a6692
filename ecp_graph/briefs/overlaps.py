"""Where bodies work on the same thing, for a briefing: by body and cause, kinds told apart, reporting lines said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.briefs.asking import Rows
from ecp_graph.briefs.model import Column, Line, Run, Table, TableRow, line
from ecp_graph.briefs.placing import stated_in
from ecp_graph.briefs.wording import and_list, wording
from ecp_graph.overlap.counting import CauseWords, Meeting, Relation, causes_in_words, count_marks

__all__ = [
    "BETWEEN_PLANS",
    "DESCENT",
    "IN_PLAN",
    "KINDS",
    "OVERLAPS",
    "Peer",
    "in_words",
    "meetings_in_plan",
    "peers_of",
    "related_in_words",
    "table_of_peers",
    "with_other_plans",
]

#: The queries whose rows are passed: findings on bodies, those of one plan alone, those between plans, and the kinds of
#: findings in their order.
OVERLAPS: Final = "overlap-bodies"
IN_PLAN: Final = "overlap-in-plan"
BETWEEN_PLANS: Final = "overlap-plans"
KINDS: Final = "overlap-kinds"
#: So many bodies are told with each thing on which they meet.
_MOST_PEERS: Final = 6
#: The kind of a finding that is no work on the same thing: one of the two set up the other.
DESCENT: Final = "descent"
_POSSIBLE: Final = "possible"


@dataclass(frozen=True)
class Peer:
    """Another body, the findings that a body has with it, what makes the two meet in words, and who answers to whom."""

    iri: str
    name: str
    findings: Rows
    meet_on: str
    relations: tuple[Relation, ...]

    @property
    def is_founding(self) -> bool:
        """Whether nothing but a founding act joins the two."""
        return all(row["kind"] == DESCENT for row in self.findings)

    @property
    def run(self) -> Run:
        """The body as it is named in a line."""
        return Run(self.name, self.iri)


def related_in_words(relations: Iterable[Relation]) -> str:
    """Return who answers to whom: ``TFA WG reports to PTC (outside the document)``; empty between peers."""
    told = []
    for one in relations:
        certain = wording().certainties.get(one.certainty, "")
        told.append(f"{one.lower} {one.relation} {one.upper}" + (f" ({certain})" if certain else ""))
    return "; ".join(told)


def peers_of(
    body: str,
    rows: Rows,
    name_of: Callable[[str, str], str],
    words: CauseWords,
    related: Mapping[frozenset[str], tuple[Relation, ...]],
) -> list[Peer]:
    """Return the bodies that a body meets: peers first, then those with a line of reporting, then founders and founded.

    ``rows`` are those of `OVERLAPS` for the body, ``related`` is who answers to whom by the IRIs of the two.
    """
    found: dict[str, list[Mapping[str, str]]] = {}
    names: dict[str, str] = {}
    for row in rows:
        side = "B" if row["memberA"] == body else "A"
        other = row[f"member{side}"]
        names[other] = name_of(other, row[f"body{side}"])
        found.setdefault(other, []).append(row)
    peers = []
    for other, findings in found.items():
        counts = count_marks(((row["causeKind"], 1) for row in findings), words)
        relations = related.get(frozenset((body, other)), ())
        peers.append(Peer(other, names[other], findings, causes_in_words(counts, words), relations))
    return sorted(peers, key=lambda peer: (peer.is_founding, bool(peer.relations), -len(peer.findings), peer.name))


def meetings_in_plan(
    rows: Rows,
    written: Mapping[str, str],
    related: Mapping[frozenset[str], tuple[Relation, ...]],
    words: CauseWords,
) -> list[Meeting]:
    """Return the pairs of bodies that meet in one plan, of the rows of `IN_PLAN`: peers first, then by their findings.

    ``written`` has the codes for reading by IRI, ``related`` who answers to whom by the IRIs of the two.
    """
    pairs: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        pairs.setdefault((row["memberA"], row["memberB"]), []).append(row)
    found = []
    for (one, other), of_pair in pairs.items():
        causes = count_marks(((row["causeKind"], int(row["number"])) for row in of_pair), words)
        kinds = count_marks(((row["kind"], int(row["number"])) for row in of_pair), ())
        codes = written.get(one, of_pair[0]["bodyA"]), written.get(other, of_pair[0]["bodyB"])
        best = min(row["evidenceGrade"] for row in of_pair)
        told = ", ".join(f"{kind} {number}" for kind, number in kinds.items())
        relations = related.get(frozenset((one, other)), ())
        found.append(
            (sum(causes.values()), Meeting(one, other, *codes, causes_in_words(causes, words), best, told, relations))
        )
    return [meeting for _, meeting in sorted(found, key=lambda one: (not one[1].is_between_peers, -one[0]))]


def with_other_plans(plan: str, rows: Rows) -> list[tuple[Run, int]]:
    """Return the plans that a plan (an IRI) has findings with, of the rows of `BETWEEN_PLANS`, each with their number.

    Those with the most come first, equals by their names. What is only possible counts for nothing.
    """
    numbers: dict[Run, int] = {}
    for row in rows:
        if plan in (row["first"], row["second"]) and row["kind"] != _POSSIBLE:
            other = Run(row["planB"], row["second"]) if plan == row["first"] else Run(row["planA"], row["first"])
            numbers[other] = numbers.get(other, 0) + int(row["number"])
    return sorted(numbers.items(), key=lambda one: (-one[1], one[0].text, one[0].iri))


def table_of_peers(peers: Sequence[Peer], kinds: Rows, words: CauseWords) -> Table:
    """Return what makes a body meet others, a group for each of them, its kinds in the order of the rows of `KINDS`.

    Of a body that meets many, one row for each of them.
    """
    order = {row["kind"]: place for place, row in enumerate(kinds)}
    told = {row["kind"]: row["kindName"] for row in kinds}
    if len(peers) > _MOST_PEERS:
        return _table_of_many(peers, told)
    rows = []
    for peer in peers:
        related = related_in_words(peer.relations)
        group = line(peer.run, f": {peer.meet_on}", f". {related}" if related else "")
        ranked = sorted(peer.findings, key=lambda row: (order.get(row["kind"], len(order)), row["causeName"]))
        rows += [TableRow(_cells(row, told, words), group) for row in ranked]
    columns = (Column("How", 16), Column("On what", 46), Column("Rows", 10), Column("Where", 28))
    return Table(columns, tuple(rows), grouped_by="With")


def _table_of_many(peers: Iterable[Peer], kinds: Mapping[str, str]) -> Table:
    rows = []
    for peer in peers:
        counts = count_marks(((row["kind"], 1) for row in peer.findings), kinds)
        how = ", ".join(f"{number} {kinds.get(kind, kind)}" for kind, number in counts.items())
        related = related_in_words(peer.relations) or "neither, as far as is known"
        rows.append(TableRow((line(peer.run), line(peer.meet_on), line(how), line(related))))
    columns = (Column("With", 24), Column("Meet on", 24), Column("How", 24), Column("Who answers to whom", 28))
    return Table(columns, tuple(rows))


def _cells(row: Mapping[str, str], kinds: Mapping[str, str], words: CauseWords) -> tuple[Line, ...]:
    certain = wording().certainties.get(row["certainty"], "")
    kind = kinds.get(row["kind"], row["kind"])
    how = line(Run(kind, row["overlap"]), f" ({certain})" if certain else "")
    cause, _ = words.get(row["causeKind"], (row["causeKind"], ""))
    return how, line(f"{cause}: ", Run(row["causeName"], row["cause"])), line(row["actions"]), stated_in(row["stated"])


def in_words(peers: Iterable[Peer]) -> Line:
    """Return the bodies with what makes each of them meet the one: ``TFA WG (3 rows, 1 theme) and IMSC (1 row)``."""
    return and_list((line(peer.run, f" ({peer.meet_on})") for peer in peers), _MOST_PEERS)

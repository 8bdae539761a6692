"""What the pages on overlap say of two things in a sentence: what makes them meet, and who answers to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.overlap import counting
from ecp_graph.overlap.counting import RELATIONS, WRITTEN_CODES, Relation, causes_in_words, count_marks
from ecp_graph.overlap.joins import Joins, Thing
from ecp_graph.overlap.matrix import Cell, Matrix
from ecp_graph.overlap.reading import CAUSES, FINDINGS, GRADES, KINDS
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.tables.lists.reading import Alike
from ecp_graph.web.show.panels import Panel, Row, panel, panel_of_page
from ecp_graph.web.state.site import site

__all__ = [
    "MOST_ROWS",
    "Cause",
    "Lead",
    "Meeting",
    "Open",
    "PairGroup",
    "Part",
    "Summary",
    "causes_of_finding",
    "codes",
    "counted",
    "groups_of_pairs",
    "lead_of",
    "marks_between",
    "notes_of",
    "open_actions",
    "pairs_on",
    "panels_of_finding",
    "panels_of_links",
    "relation_words",
    "relations",
    "summary_of",
    "ties_of",
    "told",
]

#: The queries of actions that name bodies by a word alone, and of who has which part in an action; a workspace may lack
#: them.
_OPEN: Final = "open-groups"
_ROLES: Final = "action-roles"
_LEADS: Final = "lead"
_NOBODY: Final = "not-stated"
#: The query of the findings on two.
_BETWEEN: Final = "overlap-between"
#: Rows of one part that a page shows.
MOST_ROWS: Final = 500
#: Actions of which a page says who leads them.
_MOST_LED: Final = 50


@dataclass(frozen=True)
class Summary:
    """What the findings on two things come to: what makes them meet, and how many are of each kind, grade and so on."""

    causes: str
    kinds: Mapping[str, int]
    grades: Mapping[str, int]
    certainties: Mapping[str, int]


@dataclass(frozen=True)
class Open:
    """How many actions leave bodies open, the words of one of them, and how many name nobody at all."""

    number: int
    wording: str
    nobody: int = 0


@dataclass(frozen=True)
class Cause:
    """One finding on two things: its row, and the row of the action that is its cause, if it is one."""

    row: Row
    action: Row | None


@dataclass(frozen=True)
class Meeting:
    """The findings on two things that are of one kind: the row of the kind, how many of each cause, the findings."""

    kind: Row
    counts: Mapping[str, int]
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Lead:
    """Who leads the actions that make two meet, as number and name; those without, by number; and plans by action."""

    leads: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    plans: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PairGroup:
    """Pairs of a matrix under one heading."""

    title: str
    note: str
    pairs: tuple[tuple[Thing, Thing, Cell], ...]
    is_between_peers: bool = True


def told(catalogue: Catalogue, causes: Mapping[str, int]) -> str:
    """Return counts of causes in words, such as ``3 rows, 1 joint session, 1 theme``."""
    return causes_in_words(causes, counting.words_of_causes(catalogue[FINDINGS]))


def marks_between(catalogue: Catalogue, one: Thing, other: Thing) -> list[Alike]:
    """Return the marks of the findings on two things."""
    lists = site().lists
    if lists is not None and lists.counts(catalogue[_BETWEEN]):
        return lists.between(one.iri, other.iri)
    rows = panel(_BETWEEN, member=one.iri, other=other.iri).rows
    marks = ((row[CAUSES], row["kind"], row["evidenceGrade"], row["certainty"]) for row in rows)
    return [Alike(one.iri, other.iri, *each, number=1) for each in marks]


def pairs_on(found: Panel, dimension: str, *, thing: str, secretariat: str, plan: str = "") -> int:
    """Return how many pairs of a dimension meet on a thing, of which a panel shows the first."""
    lists = site().lists
    if found.is_cut and lists is not None:
        return lists.pairs_on(thing, dimension, secretariat == "with", plan)
    return len({(row["memberA"], row["memberB"]) for row in found.rows})


def summary_of(catalogue: Catalogue, found: Sequence[Alike]) -> Summary:
    """Return the summary of findings."""
    causes = counting.words_of_causes(catalogue[FINDINGS])
    return Summary(
        causes_in_words(count_marks(((each.cause_kind, each.number) for each in found), causes), causes),
        count_marks(((each.kind, each.number) for each in found), (row["kind"] for row in panel(KINDS).rows)),
        count_marks(
            ((each.grade, each.number) for each in found), (row["evidenceGrade"] for row in panel(GRADES).rows)
        ),
        count_marks(((each.certainty, each.number) for each in found), ()),
    )


def codes(catalogue: Catalogue) -> dict[str, str]:
    """Return how documents write the codes of things, by their IRIs; none where the workspace lacks the query."""
    return counting.written_codes(panel(WRITTEN_CODES).rows) if WRITTEN_CODES in catalogue else {}


def relations(catalogue: Catalogue) -> dict[frozenset[str], tuple[Relation, ...]]:
    """Return, for two things (IRIs), who of them answers to the other or was set up by it."""
    if RELATIONS not in catalogue:
        return {}
    return counting.relations(panel(RELATIONS).rows, codes(catalogue))


def relation_words(catalogue: Catalogue, pair: frozenset[str]) -> str:
    """Return the same in words for one pair; empty for peers."""
    return "; ".join(relation.words for relation in relations(catalogue).get(pair, ()))


def open_actions(catalogue: Catalogue) -> Open | None:
    """Return how many actions are open to bodies that they do not name, or name nobody; None when there are none."""
    rows = panel(_OPEN).rows if _OPEN in catalogue else ()
    nobody = panel(_ROLES, role=_NOBODY).rows if _has_roles(catalogue) else ()
    wordings = Counter(row["wording"] for row in rows).most_common(1)
    found = Open(
        len({row["action"] for row in rows}),
        wordings[0][0] if wordings else "",
        len({row["action"] for row in nobody}),
    )
    return found if found.number or found.nobody else None


def causes_of_finding(parts: Sequence[Part]) -> list[Meeting]:
    """Return what makes two meet by kind, of the parts that `panels_of_finding` returns."""
    findings, actions = parts[0].panel.rows, {row["action"]: row for row in parts[1].panel.rows}
    kinds = {row["kind"]: row for row in panel(KINDS).rows}
    used = dict.fromkeys([kind for kind in kinds if kind in {row["kind"] for row in findings}])
    used |= dict.fromkeys(row["kind"] for row in findings)
    found = []
    for kind in used:
        rows = [row for row in findings if row["kind"] == kind]
        found.append(
            Meeting(
                kinds.get(kind, {"kind": kind, "kindName": kind, "definition": ""}),
                count_marks(((row[CAUSES], 1) for row in rows), ()),
                tuple(Cause(row, actions.get(row["cause"])) for row in rows),
            )
        )
    return found


def lead_of(catalogue: Catalogue, meetings: Sequence[Meeting]) -> Lead:
    """Return who leads the actions that make two meet."""
    actions = [cause.action for meeting in meetings for cause in meeting.causes if cause.action][:_MOST_LED]
    if not actions or not _has_roles(catalogue):
        return Lead()
    rows = panel(_ROLES, action=[row["action"] for row in actions]).rows
    leads = {row["action"]: row for row in rows if row["role"] == _LEADS}
    return Lead(
        tuple((row["number"], leads[row["action"]]["partyName"]) for row in actions if row["action"] in leads),
        tuple(row["number"] for row in actions if row["action"] not in leads),
        {row["action"]: row["planName"] for row in rows},
    )


def _has_roles(catalogue: Catalogue) -> bool:
    return _ROLES in catalogue and all(catalogue[_ROLES].parameter(name) for name in ("action", "role"))


def groups_of_pairs(found: Matrix, related: Mapping[frozenset[str], tuple[Relation, ...]]) -> list[PairGroup]:
    """Return the pairs of a matrix, the fullest first: those between peers, then those of superior and subordinate."""
    pairs = list(found.joined())
    peers = tuple(pair for pair in pairs if frozenset((pair[0].iri, pair[1].iri)) not in related)
    others = tuple(pair for pair in pairs if frozenset((pair[0].iri, pair[1].iri)) in related)
    if not others:
        return [PairGroup("The pairs", "", peers)] if peers else []
    groups = [PairGroup("Between peers", "Neither is known to answer to the other.", peers)] if peers else []
    note = "What looks like double work may be a mandate here."
    return [*groups, PairGroup("Where one answers to the other, or was set up by it", note, others, False)]


def counted(counts: Mapping[str, int]) -> str:
    """Return numbers with their marks, such as ``A 1, D 2``."""
    return ", ".join(f"{mark} {number}" for mark, number in counts.items())


def ties_of(found: Panel, joins: Joins) -> Mapping[str, int]:
    """Count the links of a cell by the weaker of their two ties, the strongest first."""
    ranks = joins.tie_ranks
    marks = [max(row["firstTie"], row["secondTie"], key=ranks.__getitem__) for row in found.rows]
    return {mark: marks.count(mark) for mark in ranks if mark in marks}


def notes_of(found: Matrix) -> list[str]:
    """Return how to read a matrix, for below its drawing: what is counted, the marks in it, and what had no room."""
    if found.is_graded:
        names = {row["evidenceGrade"]: row["gradeName"] for row in panel(GRADES).rows}
        marks = "; ".join(f"{mark} {names.get(mark, mark)}" for mark in found.marks)
        told = [
            "Rows, sessions and themes that make the two meet; the letter is the best grade of the evidence: " + marks
        ]
    else:
        told = ["Actions, events and instruments that join the two, with the strongest tie where no action names both."]
    if left_out := found.rows_left_out + found.columns_left_out:
        told.append(f"{left_out} rows and columns had no room.")
    return told


@dataclass(frozen=True)
class Part:
    """One part of the page of a cell: its heading, its panel, and what is said when there are no rows."""

    title: str
    panel: Panel
    empty: str


def panels_of_finding(one: Thing, other: Thing) -> list[Part]:
    """Return what makes two meet, the actions that show it and the passages that prove it."""
    given = {"member": one.iri, "other": other.iri}
    named = f"{one.told} and {other.told}"
    with_all = {**given, "secretariat": "with"}
    return [
        Part("What makes them meet", panel_of_page(_BETWEEN, MOST_ROWS, **given), f"No finding joins {named}."),
        Part(
            "The rows that show it",
            panel_of_page("overlap-rows", MOST_ROWS, **with_all),
            "No row of a plan is evidence for it.",
        ),
        Part(
            "The passages that prove it",
            panel_of_page("overlap-passages", MOST_ROWS, **with_all),
            "There is nothing to prove.",
        ),
    ]


def panels_of_links(one: Thing, other: Thing) -> list[Part]:
    """Return what joins two things of different kinds, and the passages that tell it."""
    given = {"first": one.iri, "second": other.iri}
    named = f"{one.told} and {other.told}"
    return [
        Part("What joins them", panel("links-between", **given), f"No action, event or instrument joins {named}."),
        Part("The passages that tell it", panel("link-passages", **given), "There is nothing to tell."),
    ]

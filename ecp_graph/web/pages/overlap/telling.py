"""What the pages on overlap say of two things in a sentence: what makes them meet, and who answers to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.overlap import counting
from ecp_graph.overlap.counting import RELATIONS, WRITTEN_CODES, Relation, causes_in_words, count_marks
from ecp_graph.overlap.matrix import Joins, Matrix, Thing
from ecp_graph.overlap.reading import CAUSES, FINDINGS, GRADES, KINDS
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.tables.lists.reading import Alike
from ecp_graph.web.show.panels import Panel, panel, panel_of_page
from ecp_graph.web.state.site import site

__all__ = [
    "MOST_ROWS",
    "Open",
    "Part",
    "Summary",
    "codes",
    "counted",
    "marks_between",
    "note_of",
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

#: The query of actions that name bodies by a word alone; a workspace may lack it.
_OPEN: Final = "open-groups"
#: The query of the findings on two.
_BETWEEN: Final = "overlap-between"
#: Rows of one part that a page shows.
MOST_ROWS: Final = 500


@dataclass(frozen=True)
class Summary:
    """What the findings on two things come to: what makes them meet, and how many are of each kind, grade and so on."""

    causes: str
    kinds: Mapping[str, int]
    grades: Mapping[str, int]
    certainties: Mapping[str, int]


@dataclass(frozen=True)
class Open:
    """How many actions leave bodies open, and the words of one of them."""

    number: int
    wording: str


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


def pairs_on(found: Panel, thing: Thing, dimension: str, secretariat: str) -> int:
    """Return how many pairs of a dimension meet on a thing, of which a panel shows the first."""
    lists = site().lists
    if found.is_cut and lists is not None:
        return lists.pairs_on(thing.iri, dimension, secretariat == "with")
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
    """Return how many actions are open to bodies that they do not name; None when there are none."""
    if _OPEN not in catalogue:
        return None
    rows = panel(_OPEN).rows
    wordings = Counter(row["wording"] for row in rows)
    return Open(len({row["action"] for row in rows}), wordings.most_common(1)[0][0]) if rows else None


def counted(counts: Mapping[str, int]) -> str:
    """Return numbers with their marks, such as ``A 1, D 2``."""
    return ", ".join(f"{mark} {number}" for mark, number in counts.items())


def ties_of(found: Panel, joins: Joins) -> Mapping[str, int]:
    """Count the links of a cell by the weaker of their two ties, the strongest first."""
    ranks = joins.tie_ranks
    marks = [max(row["firstTie"], row["secondTie"], key=ranks.__getitem__) for row in found.rows]
    return {mark: marks.count(mark) for mark in ranks if mark in marks}


def note_of(found: Matrix) -> str:
    """Return how to read a matrix, for below its drawing."""
    grades = tuple(found.ranks)
    what = (
        f"Actions, sessions and themes that make the two meet, with the best grade of the evidence, {grades[0]} to "
        f"{grades[-1]}, and the kind."
        if found.is_graded
        else "Actions, events and instruments that join the two, with the strongest tie where no action names both."
    )
    left_out = found.rows_left_out + found.columns_left_out
    return f"{what} {left_out} rows and columns had no room." if left_out else what


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
            "The actions that show it",
            panel_of_page("overlap-rows", MOST_ROWS, **with_all),
            "No action is evidence for it.",
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

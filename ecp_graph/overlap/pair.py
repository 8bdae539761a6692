"""What the matrices of overlap say of two things, in sentences for a terminal: the same that their page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ecp_graph.overlap.counting import CELLS, causes_in_words, count_marks, words_of_causes
from ecp_graph.overlap.reading import LINKS, THINGS
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.results import Table

__all__ = ["BETWEEN", "JOINING", "Ask", "sentences_on_pair"]

#: The queries of the findings on two things, and of the links that join two.
BETWEEN = "overlap-between"
JOINING = "links-between"

#: Answers a query of the catalogue, given its name and values.
Ask = Callable[[str, Mapping[str, str]], Table]


def sentences_on_pair(catalogue: Mapping[str, Query], ask: Ask, first: str, second: str) -> list[str]:
    """Return what joins two things (IRIs) by findings or links, and the path of the page on it; empty for nothing.

    A workspace without the queries has nothing to say. Raises what ``ask`` raises.
    """
    if not {BETWEEN, JOINING, LINKS, THINGS, CELLS} <= set(catalogue):
        return []
    dimensions = {row["thing"]: row["dimension"] for row in _rows(ask(THINGS, {}))}
    sides = dimensions.get(first), dimensions.get(second)
    if not sides[0] or not sides[1]:
        return []
    told = list(_findings(catalogue, ask, first, second)) if sides[0] == sides[1] else []
    told = told or list(_links(catalogue, ask, first, second))
    path = f"/overlap/{sides[0]}-{sides[1]}/{_slug(first)}/{_slug(second)}"
    return [*told, f"The site says more at {path}."] if told else []


def _findings(catalogue: Mapping[str, Query], ask: Ask, first: str, second: str) -> Iterator[str]:
    rows = _rows(ask(BETWEEN, {"member": first, "other": second}))
    if rows:
        words = words_of_causes(catalogue[CELLS])
        counts = count_marks(((row["causeKind"], 1) for row in rows), words)
        yield f"The two meet on {causes_in_words(counts, words)}:"
    for row in rows:
        yield f"  {row['causeName']}: {row['kind']}, grade {row['evidenceGrade']}, {row['certainty']}; {row['stated']}"


def _links(catalogue: Mapping[str, Query], ask: Ask, first: str, second: str) -> Iterator[str]:
    rows = _rows(ask(JOINING, {"first": first, "second": second}))
    ties = catalogue[LINKS].values_of("tie")
    strength = list(ties)
    if rows:
        yield f"{len(rows)} {'link joins' if len(rows) == 1 else 'links join'} the two:"
    for row in rows:
        weaker = max(row["firstTie"], row["secondTie"], key=lambda tie: strength.index(tie) if tie in strength else 0)
        number = f"row {row['number']}, " if row["number"] else ""
        yield f"  {number}{row['linkName']}: by {weaker} ({ties.get(weaker, weaker)})"


def _rows(table: Table) -> list[dict[str, str]]:
    return [
        {name: cell.value if cell else "" for name, cell in zip(table.columns, row, strict=True)} for row in table.rows
    ]


def _slug(iri: str) -> str:
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]

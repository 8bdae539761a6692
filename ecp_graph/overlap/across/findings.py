"""Makes findings of pairs of actions of different plans, in the tables of findings that rules have filled.

A pair that a rule has found keeps its cause, grade and readings, and gets the kind that the comparison gives; any other
is a finding with the cause "similar work", of the weakest grade and certainty. Beside the tables of findings there are
then, of the pairs that were compared::

    finding_score(id, score, words, score_term, words_term)    the score in thousandths, and the words in common
    finding_part(id, place, part, points, because)             the parts of the score, which add up to it
    finding_reason(id, side, place, reason)                    what speaks ``for`` it or ``against``; a ``question``
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES
from ecp_graph.overlap.across.actions import PlanAction, read_plan_actions
from ecp_graph.overlap.across.kinds import FRAGMENTATION, RANKED, Kinds, narrow
from ecp_graph.overlap.across.lifting import lift
from ecp_graph.overlap.across.pairs import Comparison, Pair, compare_actions
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements

__all__ = ["add_findings"]

_TABLES: Final = {
    "finding_score": "id BIGINT, score INTEGER, words VARCHAR, score_term VARCHAR, words_term VARCHAR",
    "finding_part": "id BIGINT, place INTEGER, part VARCHAR, points INTEGER, because VARCHAR",
    "finding_reason": "id BIGINT, side VARCHAR, place INTEGER, reason VARCHAR",
}
_TERMS: Final = {
    "cause": CONCEPTS + "cause-similar-work",
    "label": PREFIXES["skos"] + "prefLabel",
    "type": PREFIXES["rdf"] + "type",
    "reading": ECP + "Reading",
}
#: So many texts are encoded between two reports of progress, as encoding a few thousand takes some ten seconds.
_TOLD_EACH: Final = 2048
#: A table of actions and, of each, its plan or who leads it.
_OF_ACTIONS: Final = "CREATE OR REPLACE TEMP TABLE action_{name} AS SELECT action, {column} FROM given"
#: Compared pairs, each with the finding that rules have made of it; those that have none get the next numbers.
_COMPARED: Final = """
CREATE OR REPLACE TEMP TABLE compared AS
SELECT given.*, found.id IS NULL AS is_new,
  coalesce(found.id, last + row_number() OVER (PARTITION BY found.id IS NULL ORDER BY place)) AS id
FROM given
LEFT JOIN (SELECT id, first, second FROM finding WHERE kind IN (SELECT unnest($family::BIGINT[]))) AS found
  USING (first, second),
(SELECT coalesce(max(id), 0) AS last FROM finding)"""
_NEW: Final = (
    """
INSERT INTO finding (id, first, second, cause, kind, grade, certainty)
SELECT id, first, second, {cause}, kind, {last_grade}, {weakest} FROM compared WHERE is_new""",
    "INSERT INTO finding_on SELECT id, {cause} FROM compared WHERE is_new",
    "INSERT INTO finding_action SELECT id, unnest([first, second]) FROM compared WHERE is_new",
    """
INSERT INTO finding_reading
SELECT DISTINCT id, g
FROM (SELECT id, unnest([first, second]) AS s FROM compared WHERE is_new) AS f JOIN quads USING (s)
WHERE p = {label} AND g IN (SELECT s FROM triples WHERE p = {type} AND o = {reading})""",
)
_SHARED: Final = """
INSERT INTO finding_on SELECT id, thing FROM given JOIN compared USING (place) ANTI JOIN finding_on USING (id, thing)"""
#: Of each table of what is told of pairs, the columns of its rows behind the pair, which is the place that it has.
_DETAILS: Final[Mapping[str, Mapping[str, type[int] | type[str]]]] = {
    "finding_score": {"score": int, "words": str, "score_term": str, "words_term": str},
    "finding_part": {"place": int, "part": str, "points": int, "because": str},
    "finding_reason": {"side": str, "place": int, "reason": str},
}
_TOLD: Final = "INSERT INTO {table} SELECT id, {columns} FROM given JOIN compared ON compared.place = pair"
_NO_WORDS: Final = "UPDATE finding_score SET words_term = NULL WHERE words_term = ''"


def add_findings(
    statements: Statements,
    marks: Marks,
    by: Comparison | None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Add the findings on actions of different plans, and make the tables that tell how these were compared.

    Without ``by``, and where fewer than two plans have actions, the tables are empty. So they are in a workspace whose
    ontology does not have the kinds.
    """
    for table, columns in _TABLES.items():
        statements.connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns})")
    kinds = Kinds.of(marks)
    actions = read_plan_actions(statements) if by and kinds else []
    plans = {action.plan for action in actions}
    if by is None or kinds is None or len(plans) < 2:
        return
    progress(f"Comparing {len(actions)} actions of {len(plans)} plans")
    with _no_cycles():
        found = _fill(statements, marks, kinds, actions, compare_actions(actions, by=by, progress=_told(progress)))
    progress(f"Found {found} pairs of actions of different plans that have something in common")


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Look for no cycles of objects in the block: among so many pairs, with none, it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _told(progress: Callable[[str], None]) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done == of or done % _TOLD_EACH == 0:
            progress(f"Encoded {done} of {of} new texts")

    return tell


def _fill(
    statements: Statements, marks: Marks, kinds: Kinds, actions: Sequence[PlanAction], pairs: Sequence[Pair]
) -> int:
    """Fill the tables; returns how many pairs there are."""
    execute, given = statements.connection.execute, statements.given
    own = {name: str(ox.NamedNode(iri)) for name, iri in _TERMS.items()}
    shared = [(place, iri) for place, pair in enumerate(pairs) for iri in pair.shared]
    plans = [(action.iri, action.plan) for action in actions]
    leads = [(action.iri, lead) for action in actions for lead in action.leads]
    things = {iri: str(ox.NamedNode(iri)) for iri in chain(*plans, *leads, (iri for _, iri in shared))}
    numbers = statements.numbers([*own.values(), *things.values()])
    number = {iri: numbers[term] for iri, term in things.items()}
    for name, column, of_actions in (("plan", "plan", plans), ("lead", "body", leads)):
        rows = [(number[iri], number[value]) for iri, value in of_actions]
        with given("given", {"action": int, column: int}, rows):
            execute(_OF_ACTIONS.format(name=name, column=column))
    compared = (
        (
            place,
            number[pair.first.iri],
            number[pair.second.iri],
            kinds.of_class(pair.likeness.klass),
            pair.is_independent,
        )
        for place, pair in enumerate(pairs)
    )
    columns = {"place": int, "first": int, "second": int, "kind": int, "is_independent": bool}
    with given("given", columns, compared):
        execute(_COMPARED, {"family": list(kinds.family)})
    last_grade = max(len(marks.order("evidenceGrade")) - 1, 0)
    of = {name: numbers[term] for name, term in own.items()}
    for statement in _NEW:
        execute(statement.format(**of, last_grade=last_grade, weakest=marks.weakest))
    with given("given", {"place": int, "thing": int}, ((place, number[iri]) for place, iri in shared)):
        execute(_SHARED)
    for table, told in _DETAILS.items():
        with given("given", {"pair": int, **told}, _details(table, pairs)):
            execute(_TOLD.format(table=table, columns=", ".join(f"given.{name}" for name in told)))
    execute(_NO_WORDS)
    narrow(statements, marks, kinds)
    lift(statements, [kinds.places[kind] for kind in RANKED[: RANKED.index(FRAGMENTATION) + 1]], list(kinds.family))
    for table in ("action_plan", "action_lead", "compared"):
        execute(f"DROP TABLE {table}")
    return len(pairs)


def _details(table: str, pairs: Sequence[Pair]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, each with the place of its pair first."""
    for place, pair in enumerate(pairs):
        likeness = pair.likeness
        if table == "finding_score":
            score = str(ox.Literal(likeness.score))
            yield place, likeness.score, pair.words, score, str(ox.Literal(pair.words)) if pair.words else ""
        elif table == "finding_part":
            for at, part in enumerate(likeness.parts, 1):
                yield place, at, part.name, part.value, part.because
        else:
            for side, reasons in (("for", likeness.why), ("against", likeness.differs), ("question", pair.questions)):
                yield from ((place, side, at, reason) for at, reason in enumerate(reasons, 1))

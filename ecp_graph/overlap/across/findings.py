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
from typing import Final, TypeAlias

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES
from ecp_graph.overlap.across.actions import PlanAction, read_plan_actions
from ecp_graph.overlap.across.kinds import FRAGMENTATION, RANKED, Kinds, narrow
from ecp_graph.overlap.across.lifting import lift
from ecp_graph.overlap.across.pairs import Comparison, Pair, compare_actions
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements

__all__ = ["add_findings"]

_Columns: TypeAlias = Mapping[str, Sequence[int] | Sequence[str]]

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
    for name, column, rows in (("plan", "plan", plans), ("lead", "body", leads)):
        of_actions = {"action": [number[iri] for iri, _ in rows], column: [number[value] for _, value in rows]}
        with given("given", of_actions):
            execute(_OF_ACTIONS.format(name=name, column=column))
    compared = {
        "place": range(len(pairs)),
        "first": [number[pair.first.iri] for pair in pairs],
        "second": [number[pair.second.iri] for pair in pairs],
        "kind": [kinds.of_class(pair.likeness.klass) for pair in pairs],
        "is_independent": [pair.is_independent for pair in pairs],
    }
    with given("given", compared):
        execute(_COMPARED, {"family": list(kinds.family)})
    last_grade = max(len(marks.order("evidenceGrade")) - 1, 0)
    of = {name: numbers[term] for name, term in own.items()}
    for statement in _NEW:
        execute(statement.format(**of, last_grade=last_grade, weakest=marks.weakest))
    with given("given", {"place": [place for place, _ in shared], "thing": [number[iri] for _, iri in shared]}):
        execute(_SHARED)
    for table, told in (("finding_score", _scores), ("finding_part", _parts), ("finding_reason", _reasons)):
        columns = told(pairs)
        with given("given", columns):
            execute(_TOLD.format(table=table, columns=", ".join(f"given.{name}" for name in columns if name != "pair")))
    execute(_NO_WORDS)
    narrow(statements, marks, kinds)
    lift(statements, [kinds.places[kind] for kind in RANKED[: RANKED.index(FRAGMENTATION) + 1]], list(kinds.family))
    for table in ("action_plan", "action_lead", "compared"):
        execute(f"DROP TABLE {table}")
    return len(pairs)


def _scores(pairs: Sequence[Pair]) -> _Columns:
    """Return the columns of ``finding_score``, with the place of its pair for each; an empty term is none."""
    terms = {score: str(ox.Literal(score)) for score in {pair.likeness.score for pair in pairs}}
    return {
        "pair": range(len(pairs)),
        "score": [pair.likeness.score for pair in pairs],
        "words": [pair.words for pair in pairs],
        "score_term": [terms[pair.likeness.score] for pair in pairs],
        "words_term": [str(ox.Literal(pair.words)) if pair.words else "" for pair in pairs],
    }


def _parts(pairs: Sequence[Pair]) -> _Columns:
    every = [pair.likeness.parts for pair in pairs]
    return {
        "pair": [place for place, parts in enumerate(every) for _ in parts],
        "place": [at for parts in every for at in range(1, len(parts) + 1)],
        "part": [part.name for parts in every for part in parts],
        "points": [part.value for parts in every for part in parts],
        "because": [part.because for parts in every for part in parts],
    }


def _reasons(pairs: Sequence[Pair]) -> _Columns:
    sides = ("for", "against", "question")
    every = [
        dict(zip(sides, (pair.likeness.why, pair.likeness.differs, pair.questions), strict=True)) for pair in pairs
    ]
    told = [(place, side, reasons) for place, of_pair in enumerate(every) for side, reasons in of_pair.items()]
    return {
        "pair": [place for place, _, reasons in told for _ in reasons],
        "side": [side for _, side, reasons in told for _ in reasons],
        "place": [at for *_, reasons in told for at in range(1, len(reasons) + 1)],
        "reason": [reason for *_, reasons in told for reason in reasons],
    }

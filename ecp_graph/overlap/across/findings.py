"""Makes findings of pairs of actions of different plans, in the tables of findings that rules have filled.

A pair that a rule has found keeps its cause, grade and readings, and gets the kind that the comparison gives; any other
is a finding with the cause "similar work", of the weakest grade and certainty. Beside the tables of findings there are
then, of the pairs that were compared::

    finding_score(id, score, words, score_term, words_term)    the score in thousandths, and the words in common
    finding_part(id, place, part, points, because)             the parts of the score, which add up to it
    finding_reason(id, side, place, reason)                    what speaks ``for`` it or ``against``; a ``question``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
_OF_ACTIONS: Final = """
CREATE OR REPLACE TEMP TABLE action_{name} AS
SELECT unnest($actions::BIGINT[]) AS action, unnest($values::BIGINT[]) AS {column}"""
#: Compared pairs, each with the finding that rules have made of it; those that have none get the next numbers.
_COMPARED: Final = """
CREATE OR REPLACE TEMP TABLE compared AS
SELECT given.*, found.id IS NULL AS is_new,
  coalesce(found.id, last + row_number() OVER (PARTITION BY found.id IS NULL ORDER BY place)) AS id
FROM (
  SELECT unnest($place::BIGINT[]) AS place, unnest($first::BIGINT[]) AS first, unnest($second::BIGINT[]) AS second,
    unnest($kind::BIGINT[]) AS kind, unnest($is_independent::BOOLEAN[]) AS is_independent) AS given
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
INSERT INTO finding_on
SELECT id, thing FROM (SELECT unnest($place::BIGINT[]) AS place, unnest($thing::BIGINT[]) AS thing)
JOIN compared USING (place) ANTI JOIN finding_on USING (id, thing)"""
_DETAILS: Final = {
    "finding_score": ("score", "words", "score_term", "words_term"),
    "finding_part": ("at", "part", "points", "because"),
    "finding_reason": ("side", "at", "reason"),
}


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
    pairs = compare_actions(actions, by=by, progress=_told(progress))
    _fill(statements, marks, kinds, actions, pairs)
    progress(f"Found {len(pairs)} pairs of actions of different plans that have something in common")


def _told(progress: Callable[[str], None]) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done == of or done % _TOLD_EACH == 0:
            progress(f"Encoded {done} of {of} new texts")

    return tell


def _fill(
    statements: Statements, marks: Marks, kinds: Kinds, actions: Sequence[PlanAction], pairs: Sequence[Pair]
) -> None:
    execute = statements.connection.execute
    own = {name: str(ox.NamedNode(iri)) for name, iri in _TERMS.items()}
    things = [iri for action in actions for iri in (action.iri, action.plan, *action.leads)]
    shared = [(place, iri) for place, pair in enumerate(pairs) for iri in pair.shared]
    every = dict.fromkeys(str(ox.NamedNode(iri)) for iri in (*things, *(iri for _, iri in shared)))
    numbers = statements.numbers([*own.values(), *every])
    number = {iri: numbers[f"<{iri}>"] for iri in (*things, *(iri for _, iri in shared))}
    plans = [(action.iri, action.plan) for action in actions]
    leads = [(action.iri, lead) for action in actions for lead in action.leads]
    for name, column, rows in (("plan", "plan", plans), ("lead", "body", leads)):
        one, other = ([number[row[at]] for row in rows] for at in (0, 1))
        execute(_OF_ACTIONS.format(name=name, column=column), {"actions": one, "values": other})
    execute(
        _COMPARED,
        {
            "place": list(range(len(pairs))),
            "first": [number[pair.first.iri] for pair in pairs],
            "second": [number[pair.second.iri] for pair in pairs],
            "kind": [kinds.of_class(pair.likeness.klass) for pair in pairs],
            "is_independent": [pair.is_independent for pair in pairs],
            "family": list(kinds.family),
        },
    )
    last_grade = max(len(marks.order("evidenceGrade")) - 1, 0)
    of = {name: numbers[term] for name, term in own.items()}
    for statement in _NEW:
        execute(statement.format(**of, last_grade=last_grade, weakest=marks.weakest))
    execute(_SHARED, {"place": [place for place, _ in shared], "thing": [number[iri] for _, iri in shared]})
    for table, columns in _DETAILS.items():
        _insert(statements, table, columns, list(_details(table, pairs)))
    narrow(statements, marks, kinds)
    lift(statements, [kinds.places[kind] for kind in RANKED[: RANKED.index(FRAGMENTATION) + 1]], list(kinds.family))
    for table in ("action_plan", "action_lead", "compared"):
        execute(f"DROP TABLE {table}")


def _details(table: str, pairs: Sequence[Pair]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, each with the place of its pair first."""
    for place, pair in enumerate(pairs):
        likeness = pair.likeness
        if table == "finding_score":
            score = str(ox.Literal(likeness.score))
            yield place, likeness.score, pair.words, score, str(ox.Literal(pair.words)) if pair.words else None
        elif table == "finding_part":
            for at, part in enumerate(likeness.parts, 1):
                yield place, at, part.name, part.value, part.because
        else:
            for side, reasons in (("for", likeness.why), ("against", likeness.differs), ("question", pair.questions)):
                yield from ((place, side, at, reason) for at, reason in enumerate(reasons, 1))


def _insert(statements: Statements, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    types = {"at": "INTEGER", "points": "INTEGER", "score": "INTEGER"}
    lists = ", ".join(f"unnest(${name}::{types.get(name, 'VARCHAR')}[]) AS {name}" for name in columns)
    values = {name: [row[at] for row in rows] for at, name in enumerate(columns, 1)}
    statements.connection.execute(
        f"INSERT INTO {table} SELECT compared.id, {', '.join(f'row.{name}' for name in columns)} "
        f"FROM (SELECT unnest($pair::BIGINT[]) AS place, {lists}) AS row JOIN compared USING (place)",
        {"pair": [row[0] for row in rows], **values},
    )

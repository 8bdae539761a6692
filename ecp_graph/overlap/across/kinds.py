"""The kind of a finding on two actions of different plans: never the broad one, always one of those below it.

What the comparison calls duplication or overlap is that, and rests on an interpretation then. Any other pair on one
instrument, topic or goal is related; on an instrument of which three or more plans, or bodies that do their work alone,
have a part each it is fragmentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.likeness import CLASSES
from ecp_graph.overlap.likeness.settings import conditions
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements

__all__ = ["FRAGMENTATION", "RANKED", "Kinds", "narrow"]

FRAGMENTATION: Final = "fragmentation"
#: The kinds of findings on actions of different plans, the strongest first.
RANKED: Final = (*CLASSES[:2], FRAGMENTATION, *CLASSES[2:-1])
_ACROSS: Final = """
CREATE OR REPLACE TEMP TABLE across AS
SELECT finding.id FROM finding
JOIN action_plan AS a ON a.action = first JOIN action_plan AS b ON b.action = second
WHERE a.plan <> b.plan AND kind IN (SELECT unnest($family::BIGINT[]))"""
_CLAIMED: Final = """
UPDATE finding SET kind = compared.kind, certainty = greatest(certainty, {weakest})
FROM compared WHERE compared.id = finding.id AND compared.kind < {related}"""
_RELATED: Final = """
UPDATE finding SET kind = {related}
WHERE kind < {related} AND id IN (FROM across) AND id NOT IN (SELECT id FROM compared WHERE kind < {related})"""
_PIECES: Final = """
CREATE OR REPLACE TEMP TABLE in_pieces AS
WITH alone AS (
  SELECT s AS action, any_value(o) AS body FROM triples WHERE p = {body} GROUP BY s HAVING count(DISTINCT o) = 1)
SELECT o AS thing
FROM action_plan JOIN triples ON s = action AND p = {instrument} LEFT JOIN alone USING (action)
GROUP BY o HAVING count(DISTINCT plan) > 1 AND greatest(count(DISTINCT plan), count(DISTINCT body)) >= {pieces}"""
_FRAGMENTED: Final = """
UPDATE finding SET kind = {fragmentation}
WHERE kind = {related} AND id IN (FROM across)
  AND id NOT IN (SELECT id FROM compared WHERE NOT is_independent)
  AND id IN (SELECT id FROM finding_on JOIN in_pieces USING (thing))"""


@dataclass(frozen=True)
class Kinds:
    """The places of the kinds in their order, by notation, and of all those in one family with duplication."""

    places: dict[str, int]
    family: tuple[int, ...]

    @classmethod
    def of(cls, marks: Marks) -> Kinds | None:
        """Return the kinds of some marks; None where one that a comparison gives is not among them."""
        order = marks.order("overlapKind")
        places = {kind: place for place, kind in enumerate(order)}
        if not {*CLASSES[:-1], FRAGMENTATION} <= places.keys():
            return None
        top = marks.families.get(CLASSES[0], CLASSES[0])
        return cls(places, tuple(places[kind] for kind in order if marks.families.get(kind, kind) == top))

    def of_class(self, klass: str) -> int:
        """Return the place of the kind that a comparison gives."""
        return self.places[klass]


def narrow(statements: Statements, marks: Marks, kinds: Kinds) -> None:
    """Give each finding on two actions of different plans its kind, by the tables ``compared`` and ``action_plan``."""
    execute = statements.connection.execute
    properties = [str(ox.NamedNode(ECP + name)) for name in ("responsibleBody", "concernsInstrument")]
    numbers = statements.numbers(properties)
    of = {
        "body": numbers[properties[0]],
        "instrument": numbers[properties[1]],
        "pieces": conditions()["pieces"],
        "related": kinds.places["related"],
        "fragmentation": kinds.places[FRAGMENTATION],
        "weakest": marks.weakest,
    }
    execute(_ACROSS, {"family": list(kinds.family)})
    for statement in (_CLAIMED, _RELATED, _PIECES, _FRAGMENTED):
        execute(statement.format(**of))
    for table in ("across", "in_pieces"):
        execute(f"DROP TABLE {table}")

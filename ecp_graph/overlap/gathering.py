"""Gathers what rules found: one finding for each pair and cause, with its grade, kind and certainty; in SQL.

A row of the table ``evidence`` says that a reading states one step of the proof that two members overlap. Each premise
has to hold; it holds by any action and way; a way is proved by all its steps, and a step by any reading. Rows on the
cause prove the finding; those on another thing, that it is about this thing too. What is gathered are these tables::

    finding(id, first, second, cause, kind, grade, certainty)    marks by their places, the strongest being 0
    finding_on, finding_action, finding_reading(id, thing)       each thing, action and reading once

Members are in the order of their IRIs. A row whose members are one and the same is no overlap. What rests on the
weakest certainty has the weakest grade. Of several kinds and grades for one pair and cause the strongest grade counts,
then what does not rest on the weakest certainty, then the first kind. Findings of a pair and a family of kinds that the
same actions show are one, with the cause of the strongest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements

__all__ = ["gather"]

#: A thing that a row does not have.
_NONE: Final = -1

_PLACES: Final = """
CREATE OR REPLACE TEMP TABLE {name} AS
SELECT unnest($notations::VARCHAR[]) AS notation, unnest(range(len($notations))) AS place"""

#: The certainty of each reading, the strongest if it has several.
_READINGS: Final = """
CREATE OR REPLACE TEMP TABLE reading_place AS
SELECT s AS reading, min(place) AS place
FROM triples JOIN (SELECT unnest($concepts::BIGINT[]) AS o, unnest($places::BIGINT[]) AS place) USING (o)
WHERE p = {certainty} AND s IN (SELECT s FROM triples WHERE p = {type} AND o = {reading})
GROUP BY s"""

#: The pairs of members in the order of their IRIs.
_PAIRS: Final = """
CREATE OR REPLACE TEMP TABLE pair AS
SELECT one, other, if(sorted, one, other) AS first, if(sorted, other, one) AS second
FROM (
  SELECT one, other, a.term[:-2] <= b.term[:-2] AS sorted
  FROM (SELECT DISTINCT "memberA" AS one, "memberB" AS other FROM evidence WHERE "memberA" <> "memberB")
  JOIN terms AS a ON a.id = one JOIN terms AS b ON b.id = other)"""

#: A claim is what one kind and grade say of a pair and cause.
_CLAIMS: Final = """
CREATE OR REPLACE TEMP TABLE claim AS
SELECT row_number() OVER () AS claim, *
FROM (
  SELECT DISTINCT first, second, cause, kind, grade FROM evidence JOIN pair ON one = "memberA" AND other = "memberB")"""

_ROWS: Final = f"""
CREATE OR REPLACE TEMP TABLE evidence_row AS
SELECT claim, claim.cause AS cause, evidence."on" AS thing, coalesce(action, {_NONE}) AS action, way, premise, step,
  coalesce(evidence.reading, {_NONE}) AS reading, coalesce(place, {{unplaced}}) AS place
FROM evidence
JOIN pair ON one = "memberA" AND other = "memberB"
JOIN claim USING (first, second, cause, kind, grade)
LEFT JOIN reading_place ON reading_place.reading = evidence.reading"""

#: A way of proving a premise is as certain as its weakest step, each by its best reading.
_WAYS: Final = """
CREATE OR REPLACE TEMP TABLE proof_way AS
SELECT claim, cause, thing, premise, action, way, max(place) AS place
FROM (
  SELECT claim, cause, thing, premise, action, way, step, min(place) AS place FROM evidence_row GROUP BY ALL)
GROUP BY ALL"""

#: A thing is as certain as the weakest premise, each by its best way.
_THINGS: Final = """
CREATE OR REPLACE TEMP TABLE proof_thing AS
SELECT claim, cause, thing, max(place) AS place
FROM (SELECT claim, cause, thing, premise, min(place) AS place FROM proof_way GROUP BY ALL)
GROUP BY ALL"""

#: A claim is as certain as its cause; where no row is on that, as the most certain thing.
_WEIGHED: Final = """
CREATE OR REPLACE TEMP TABLE weighed AS
SELECT claim, first, second, claim.cause AS cause, kinds.place AS kind, grades.place AS claimed, certainty,
  certainty >= {weakest} AS is_weakest,
  if(certainty >= {weakest}, {last_grade}, grades.place) AS grade
FROM claim
JOIN (
  SELECT claim, coalesce(min(place) FILTER (thing = cause), min(place)) AS certainty FROM proof_thing GROUP BY claim)
  USING (claim)
JOIN kind_place AS kinds ON kinds.notation = kind
JOIN grade_place AS grades ON grades.notation = grade"""

_BEST: Final = """
CREATE OR REPLACE TEMP TABLE best AS
SELECT * FROM weighed
QUALIFY row_number() OVER (
  PARTITION BY first, second, cause ORDER BY grade, is_weakest, kind, certainty, claimed) = 1"""

#: The rows of claims that count, without what only the weakest readings say where better ones prove the same.
_KEPT: Final = """
CREATE OR REPLACE TEMP TABLE kept AS
SELECT claim, thing, action, reading FROM evidence_row AS r JOIN best USING (claim)
WHERE is_weakest OR (r.place < {weakest}
  AND NOT EXISTS (FROM proof_thing AS t WHERE t.claim = r.claim AND t.thing = r.thing AND t.place >= {weakest})
  AND NOT EXISTS (FROM proof_way AS w WHERE w.claim = r.claim AND w.thing = r.thing AND w.premise = r.premise
    AND w.action = r.action AND w.way = r.way AND w.place >= {weakest}))"""

#: Which claim each one is gathered under, and whether it adds to that what it is on.
_MERGED: Final = f"""
CREATE OR REPLACE TEMP TABLE merged AS
SELECT claim, first_value(claim) OVER same AS id, first_value(is_weakest) OVER same OR NOT is_weakest AS adds
FROM (
  SELECT *, if(actions IS NULL, cause, {_NONE}) AS own, if(actions IS NULL, {_NONE}, family) AS of_family
  FROM best
  LEFT JOIN (
    SELECT claim, list(DISTINCT action ORDER BY action) AS actions FROM kept WHERE action <> {_NONE} GROUP BY claim)
    USING (claim)
  JOIN family_place USING (kind))
JOIN terms ON terms.id = cause
WINDOW same AS (
  PARTITION BY first, second, own, of_family, actions
  ORDER BY grade, is_weakest, kind, certainty, term[:-2])"""

_FINDINGS: Final = (
    """
CREATE OR REPLACE TABLE finding AS
SELECT claim AS id, first, second, cause, kind, grade, certainty FROM best SEMI JOIN merged ON id = best.claim""",
    """
CREATE OR REPLACE TABLE finding_on AS
SELECT id, thing FROM merged JOIN kept USING (claim) WHERE adds OR id = claim
UNION SELECT id, cause FROM merged JOIN best USING (claim) WHERE adds OR id = claim""",
    f"""
CREATE OR REPLACE TABLE finding_action AS
SELECT DISTINCT claim AS id, action AS thing FROM kept SEMI JOIN merged ON id = kept.claim WHERE action <> {_NONE}""",
    f"""
CREATE OR REPLACE TABLE finding_reading AS
SELECT DISTINCT id, reading AS thing FROM merged JOIN kept USING (claim)
WHERE (adds OR id = claim) AND reading <> {_NONE}""",
)
_SCRATCH: Final = (
    *("kind_place", "grade_place", "family_place", "reading_place", "pair", "claim", "evidence_row", "proof_way"),
    *("proof_thing", "weighed", "best", "kept", "merged"),
)


def gather(statements: Statements, marks: Marks) -> None:
    """Make the tables of findings out of ``evidence`` and the certainties that ``triples`` has of readings."""
    execute = statements.connection.execute
    execute(_PLACES.format(name="kind_place"), {"notations": marks.order("overlapKind")})
    execute(_PLACES.format(name="grade_place"), {"notations": marks.order("evidenceGrade")})
    execute(
        "CREATE OR REPLACE TEMP TABLE family_place AS "
        "SELECT unnest(range(len($families))) AS kind, unnest($families::BIGINT[]) AS family",
        {"families": list(_families(marks))},
    )
    _place_readings(statements, marks)
    unplaced, last_grade = len(marks.order("certainty")), max(len(marks.order("evidenceGrade")) - 1, 0)
    for step in (_PAIRS, _CLAIMS, _ROWS, _WAYS, _THINGS, _WEIGHED, _BEST, _KEPT, _MERGED, *_FINDINGS):
        execute(step.format(unplaced=unplaced, weakest=marks.weakest, last_grade=last_grade))
    for table in _SCRATCH:
        execute(f"DROP TABLE {table}")


def _families(marks: Marks) -> Iterator[int]:
    """Yield a number for the family of each kind, the same for equal ones."""
    found: dict[str, int] = {}
    for kind in marks.order("overlapKind"):
        yield found.setdefault(marks.families.get(kind, kind), len(found))


def _place_readings(statements: Statements, marks: Marks) -> None:
    order = marks.order("certainty")
    placed = {
        str(ox.NamedNode(iri)): order.index(notation)
        for iri, notation in marks.certainty_of.items()
        if notation in order
    }
    terms = {
        "certainty": str(ox.NamedNode(ECP + "certainty")),
        "type": str(ox.NamedNode(PREFIXES["rdf"] + "type")),
        "reading": str(ox.NamedNode(ECP + "Reading")),
    }
    numbers = statements.numbers([*placed, *terms.values()])
    statements.connection.execute(
        _READINGS.format(**{name: numbers[term] for name, term in terms.items()}),
        {"concepts": [numbers[iri] for iri in placed], "places": list(placed.values())},
    )

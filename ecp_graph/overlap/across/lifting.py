"""What actions of different plans tell of their plans, and of the bodies that lead them.

Where two actions are duplication, overlap or fragmentation, so are their plans, and the bodies that lead the one and
the other, for the same cause: one finding for each pair and cause, of the strongest kind, on all that the actions are
on. A finding that rules have made for a pair and cause gets that kind where it is the stronger.
"""

from __future__ import annotations

from typing import Final

from ecp_graph.tables.statements import Statements

__all__ = ["lift"]

#: The pairs of plans and of bodies behind each finding on two actions, in the order of their IRIs.
_BEHIND: Final = """
CREATE OR REPLACE TEMP TABLE behind AS
WITH strong AS (
  SELECT f.id, first, second, cause, kind, grade, certainty, a.plan AS plan, b.plan AS other_plan FROM finding AS f
  JOIN action_plan AS a ON a.action = first JOIN action_plan AS b ON b.action = second
  WHERE a.plan <> b.plan AND kind IN (SELECT unnest($strong::BIGINT[]))),
pair AS (
  SELECT id, plan AS one, other_plan AS other FROM strong
  UNION SELECT id, a.body, b.body FROM strong
  JOIN action_lead AS a ON a.action = first JOIN action_lead AS b ON b.action = second
  WHERE a.body <> b.body)
SELECT DISTINCT id, cause, kind, grade, certainty, if(sorted, one, other) AS upper, if(sorted, other, one) AS lower
FROM (
  SELECT pair.*, a.term[:-2] < b.term[:-2] AS sorted
  FROM pair JOIN terms AS a ON a.id = one JOIN terms AS b ON b.id = other)
JOIN strong USING (id)"""
#: One for each pair and cause, with the finding that rules have made of it or the next number.
_LIFTED: Final = """
CREATE OR REPLACE TEMP TABLE lifted AS
SELECT best.*, found.id IS NULL AS is_new,
  coalesce(found.id, last + row_number() OVER (PARTITION BY found.id IS NULL ORDER BY upper, lower, best.cause)) AS id
FROM (
  SELECT upper, lower, cause, kind, grade, certainty FROM behind
  QUALIFY row_number() OVER (PARTITION BY upper, lower, cause ORDER BY kind, grade, certainty) = 1) AS best
LEFT JOIN (SELECT * FROM finding WHERE kind IN (SELECT unnest($family::BIGINT[]))) AS found
  ON found.first = upper AND found.second = lower AND found.cause = best.cause,
(SELECT coalesce(max(id), 0) AS last FROM finding)"""
_WRITTEN: Final = (
    """
UPDATE finding SET kind = lifted.kind, certainty = greatest(finding.certainty, lifted.certainty)
FROM lifted WHERE lifted.id = finding.id AND lifted.kind < finding.kind""",
    """
INSERT INTO finding (id, first, second, cause, kind, grade, certainty)
SELECT id, upper, lower, cause, kind, grade, certainty FROM lifted WHERE is_new""",
    *(
        f"""
INSERT INTO {table}
SELECT DISTINCT lifted.id, thing
FROM lifted JOIN behind USING (upper, lower, cause) JOIN {table} AS f ON f.id = behind.id WHERE is_new"""
        for table in ("finding_on", "finding_action", "finding_reading")
    ),
)


def lift(statements: Statements, strong: list[int], family: list[int]) -> None:
    """Add findings on plans and bodies, by the tables ``action_plan`` and ``action_lead``.

    ``strong`` are the places of the kinds of findings on actions that tell of them, ``family`` those of all kinds in
    one family with these.
    """
    execute = statements.connection.execute
    execute(_BEHIND, {"strong": strong})
    execute(_LIFTED, {"family": family})
    for statement in _WRITTEN:
        execute(statement)
    for table in ("behind", "lifted"):
        execute(f"DROP TABLE {table}")

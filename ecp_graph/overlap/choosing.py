"""Which findings are nodes of the graph; the others are rows of the tidy tables alone, under the same rule of IRIs.

Findings that rest on rows and prose are nodes. Those of the weakest grade only share a theme; their number grows with
the square of that of plans. Of these so many are nodes for each pair of plans, the strongest first: by kind, then by
certainty, then by score, then by the number of things that they are on, then in the order of IRIs. The plans are those
that the actions of a finding belong to; where these are more than two, the first and the last in the order of IRIs. A
finding that is only possible is no node. One that somebody decided on is a node, whatever it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from ecp_graph.languages import main_language
from ecp_graph.namespaces import ECP, PREFIXES
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements
from ecp_graph.workspace_file import WorkspaceFile

__all__ = ["THEMES", "choose", "count_findings", "rows_beside", "themes_in", "told_of_rows"]

#: The findings of the bundled plan that only share a theme are 24: it has all of them, and they fit on a page.
THEMES: Final = 25

#: What members of a class are called in a table.
_MEMBERS: Final = {"action": ECP + "Action", "body": ECP + "Body", "plan": ECP + "Plan"}
_TERMS: Final = {**_MEMBERS, "type": PREFIXES["rdf"] + "type", "plan_of": ECP + "belongsToPlan"}
_CHOSEN: Final = """
CREATE OR REPLACE TABLE finding_node AS
WITH plan_of AS (
  SELECT s AS action, min(term[2:-2]) AS plan FROM triples JOIN terms ON id = o WHERE p = {plan_of} GROUP BY s)
SELECT id, node, name,
  CASE {member_kinds} END AS member_kind,
  $kinds[kind + 1] AS kind, $grades[grade + 1] AS grade, $certainties[certainty + 1] AS certainty,
  a.plan AS plan_a, b.plan AS plan_b, score, words,
  grade < len($grades) - 1 OR node IN (SELECT unnest($decided::VARCHAR[])) OR (
    $kinds[kind + 1] <> 'possible' AND row_number() OVER (
      PARTITION BY grade, first_plan, last_plan
      ORDER BY finding.kind, finding.certainty, score DESC NULLS LAST, things DESC, node[:-2]
    ) <= $themes) AS is_node
FROM finding_text
JOIN finding USING (id)
JOIN (SELECT id, count(*) AS things FROM finding_on GROUP BY id) USING (id)
LEFT JOIN finding_score USING (id)
LEFT JOIN plan_of AS a ON a.action = first LEFT JOIN plan_of AS b ON b.action = second
LEFT JOIN (
  SELECT f.id, min(term[:-2]) AS first_plan, max(term[:-2]) AS last_plan
  FROM finding_action AS f JOIN triples ON s = thing AND p = {plan_of} JOIN terms ON terms.id = o
  GROUP BY f.id) USING (id)"""
_MEMBER_KIND: Final = "WHEN first IN (SELECT s FROM triples WHERE p = {type} AND o = {of}) THEN '{kind}'"
_OF_EACH: Final = """
SELECT node[2:-2] AS finding, term[2:-2] AS {column}
FROM finding_node JOIN {table} AS f USING (id) JOIN terms ON terms.id = thing WHERE NOT is_node"""
#: The rows of tidy tables about findings that are no nodes, with the columns that the queries of these tables give.
_BESIDE: Final = {
    "findings": """
SELECT node[2:-2] AS iri, 'false' AS is_node, member_kind, a.term[2:-2] AS member_a, b.term[2:-2] AS member_b,
  c.term[2:-2] AS cause, n.kind, n.grade, n.certainty, n.plan_a, n.plan_b, n.score::VARCHAR AS score,
  n.words AS shared_words, h.hash AS evidence
FROM finding_node AS n JOIN finding USING (id) JOIN finding_hash AS h USING (id)
JOIN terms AS a ON a.id = first JOIN terms AS b ON b.id = second JOIN terms AS c ON c.id = cause
WHERE NOT is_node""",
    "names": """
SELECT node[2:-2] AS thing, 'preferred' AS kind, name, {language} AS language FROM finding_node WHERE NOT is_node""",
    "finding_actions": _OF_EACH.format(column="action", table="finding_action"),
    "finding_readings": _OF_EACH.format(column="reading", table="finding_reading"),
    "finding_things": _OF_EACH.format(column="thing", table="finding_on"),
}
#: The parts of the evidence of all findings, of which the graph has the hash alone.
_EVIDENCE: Final = {
    "finding_evidence": """
SELECT node[2:-2] AS finding, part, value, told FROM finding_evidence JOIN finding_node USING (id)"""
}
#: The rows of tables that tell how members were compared, which no statement of the graph does.
_COMPARED: Final = {
    "finding_parts": """
SELECT node[2:-2] AS finding, place::VARCHAR AS place, part, points::VARCHAR AS points, because
FROM finding_part JOIN finding_node USING (id)""",
    "finding_reasons": """
SELECT node[2:-2] AS finding, side, place::VARCHAR AS place, reason FROM finding_reason JOIN finding_node USING (id)""",
}


def themes_in(workspace: WorkspaceFile) -> int:
    """Return how many findings that only share a theme are nodes for each pair of plans of a workspace."""
    return max(0, int(workspace.overlaps.get("themes", THEMES)))


def choose(statements: Statements, marks: Marks, *, themes: int = THEMES, decided: Iterable[str] = ()) -> None:
    """Make the table ``finding_node``: the IRI of each finding, and whether it is a node.

    ``themes`` is how many findings that only share a theme are nodes for each pair of plans; ``decided`` are the IRIs
    of findings that are nodes in any case.
    """
    terms = {name: str(ox.NamedNode(iri)) for name, iri in _TERMS.items()}
    numbers = statements.numbers(terms.values())
    of = {name: numbers[term] for name, term in terms.items()}
    kinds = " ".join(_MEMBER_KIND.format(type=of["type"], of=of[kind], kind=kind) for kind in _MEMBERS)
    statements.connection.execute(
        _CHOSEN.format(plan_of=of["plan_of"], member_kinds=kinds),
        {
            "kinds": marks.order("overlapKind"),
            "grades": marks.order("evidenceGrade"),
            "certainties": marks.order("certainty"),
            "themes": themes,
            "decided": [str(ox.NamedNode(iri)) for iri in decided],
        },
    )


def count_findings(statements: Statements) -> dict[str, int]:
    """Return how many findings are ``nodes`` of the graph, and how many ``rows`` of the tables, which have all."""
    counted = "SELECT count(*) FILTER (is_node), count(*) FROM finding_node"
    nodes, rows = statements.connection.execute(counted).fetchall()[0]
    return {"nodes": nodes, "rows": rows}


def told_of_rows(statements: Statements) -> str:
    """Return a sentence on the findings that are no nodes, or nothing where all are."""
    counts = count_findings(statements)
    if counts["rows"] == counts["nodes"]:
        return ""
    return (
        f"Of {counts['rows']} findings of overlap, {counts['nodes']} are in the graph; "
        "the others only share a theme or are only possible, and are in the table of findings."
    )


def rows_beside(statements: Statements) -> dict[str, str]:
    """Return what selects the rows of each tidy table that tell more of findings than the graph has; empty without any.

    That are the findings which are no nodes, what each rests on, and how members were compared.
    """
    language = "'" + main_language().replace("'", "''") + "'"
    beside = _BESIDE if told_of_rows(statements) else {}
    (compared,) = statements.connection.execute("SELECT count(*) FROM finding_score").fetchall()[0]
    evidence = _EVIDENCE if count_findings(statements)["rows"] else {}
    selects = {**beside, **evidence, **(_COMPARED if compared else {})}
    return {table: select.replace("{language}", language) for table, select in selects.items()}

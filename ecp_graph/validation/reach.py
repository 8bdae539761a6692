"""Which nodes a change can affect, and which statements their judgement needs, by walks in DuckDB.

The steps of `ecp_graph.validation.reads` are a table, and so are the statements; a round of a walk is one join of the
two. Backwards from the changed statements it comes to the nodes whose judgement can be another one: an anchor that is
reached means all nodes of a rule. Forwards from these nodes it passes all statements that their rules can read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from rdflib import RDF, RDFS, Graph, URIRef

from ecp_graph.rdf.terms import to_oxigraph
from ecp_graph.tables.statements import LITERALS, Statements
from ecp_graph.validation.data_graph import TARGETS
from ecp_graph.validation.reads import Reads

__all__ = ["Reach"]

_TABLES: Final = """
CREATE OR REPLACE TEMP TABLE steps (state INTEGER, p BIGINT, inverse BOOLEAN, next INTEGER);
CREATE OR REPLACE TEMP TABLE starts (rule INTEGER, state INTEGER);
CREATE OR REPLACE TEMP TABLE anchors (rule INTEGER, state INTEGER, node BIGINT);
CREATE OR REPLACE TEMP TABLE targets (rule INTEGER, kind INTEGER, term BIGINT);
CREATE OR REPLACE TEMP TABLE reached (state INTEGER, node BIGINT, round INTEGER);
CREATE OR REPLACE TEMP TABLE affected (rule INTEGER, node BIGINT, joined BOOLEAN);
CREATE OR REPLACE TEMP TABLE needed (s BIGINT, p BIGINT, o BIGINT);"""

#: The nodes at which rules look. Spec: SHACL 1.0, section 2.1.3.
_FOCUS: Final = """
CREATE OR REPLACE TEMP TABLE focus AS
WITH RECURSIVE below(rule, class) AS (
  SELECT rule, term FROM targets WHERE kind = 0
  UNION
  SELECT rule, s FROM below JOIN things ON p = $subclass AND o = class)
SELECT rule, s AS node FROM below JOIN things ON p = $type AND o = class
UNION SELECT rule, term FROM targets WHERE kind = 1
UNION SELECT rule, s FROM targets JOIN things ON kind = 2 AND p = term
UNION SELECT rule, o FROM targets JOIN things ON kind = 3 AND p = term"""

#: A statement is read from the end at which a step begins.
_READ_FROM: Final = """
INSERT INTO reached
SELECT DISTINCT state, node, 0 FROM (
  SELECT state, s AS node FROM changed JOIN steps USING (p) WHERE NOT inverse
  UNION ALL SELECT state, o FROM changed JOIN steps USING (p) WHERE inverse
  UNION ALL SELECT state, s FROM changed, steps WHERE steps.p IS NULL AND NOT inverse
  UNION ALL SELECT state, o FROM changed, steps WHERE steps.p IS NULL AND inverse)"""
_BACK: Final = """
INSERT INTO reached
WITH edge AS (
  SELECT steps.state, p, inverse, node FROM reached JOIN steps ON next = reached.state WHERE round = $round - 1)
SELECT DISTINCT state, node, $round FROM (
  SELECT state, s AS node FROM edge JOIN walked USING (p) WHERE NOT inverse AND o = node
  UNION ALL SELECT state, o FROM edge JOIN walked USING (p) WHERE inverse AND s = node
  UNION ALL SELECT state, s FROM edge JOIN walked ON o = node WHERE edge.p IS NULL AND NOT inverse
  UNION ALL SELECT state, o FROM edge JOIN walked ON s = node WHERE edge.p IS NULL AND inverse)
ANTI JOIN reached USING (state, node)"""
_AFFECTED: Final = """
INSERT INTO affected
WITH
  beside AS (
    SELECT rule FROM reached JOIN anchors USING (state) WHERE anchors.node IS NULL OR anchors.node = reached.node),
  joins AS (SELECT DISTINCT rule, node FROM reached JOIN starts USING (state))
SELECT focus.rule, focus.node, joins.node IS NOT NULL OR focus.rule IN (SELECT unnest($unknown::INTEGER[]))
FROM focus LEFT JOIN joins USING (rule, node)
WHERE joins.node IS NOT NULL OR focus.rule IN (SELECT rule FROM beside UNION ALL SELECT unnest($unknown::INTEGER[]))"""

#: A node that is no IRI has a text that may be that of another one, so a rule that looks at such is asked in full.
_WHOLLY: Final = """
WITH touched AS (SELECT DISTINCT rule, node FROM reached JOIN starts USING (state))
SELECT rule FROM reached JOIN anchors USING (state) WHERE anchors.node IS NULL OR anchors.node = reached.node
UNION SELECT unnest($unknown::INTEGER[])
UNION SELECT touched.rule FROM touched JOIN (FROM touched UNION ALL FROM focus) AS looked_at USING (rule)
  JOIN terms ON id = looked_at.node WHERE looked_at.node >= $literals OR starts_with(term, '_:')"""
_ALL_OF: Final = """
CREATE OR REPLACE TEMP TABLE affected AS
SELECT DISTINCT rule, node, true AS joined
FROM (FROM focus SEMI JOIN (SELECT unnest($wholly::INTEGER[]) AS rule) USING (rule)
  UNION ALL SELECT rule, node FROM affected)"""

_BEGIN: Final = """
INSERT INTO reached
WITH open AS (SELECT state FROM anchors SEMI JOIN asked USING (rule) WHERE node IS NULL)
SELECT DISTINCT state, node, 0 FROM (
  SELECT state, node FROM asked JOIN starts USING (rule)
  UNION ALL SELECT state, node FROM anchors SEMI JOIN asked USING (rule) WHERE node IS NOT NULL
  UNION ALL SELECT state, s FROM open JOIN steps USING (state) JOIN things USING (p) WHERE NOT inverse
  UNION ALL SELECT state, o FROM open JOIN steps USING (state) JOIN things USING (p) WHERE inverse)"""
_PASSED: Final = """
CREATE OR REPLACE TEMP TABLE passed AS
WITH edge AS (SELECT p, inverse, next, node FROM reached JOIN steps USING (state) WHERE round = $round - 1)
SELECT next, o AS node, s, p, o FROM edge JOIN things USING (p) WHERE NOT inverse AND s = node
UNION ALL SELECT next, s, s, p, o FROM edge JOIN things USING (p) WHERE inverse AND o = node
UNION ALL SELECT next, o, s, things.p, o FROM edge JOIN things ON s = node WHERE edge.p IS NULL AND NOT inverse
UNION ALL SELECT next, s, s, things.p, o FROM edge JOIN things ON o = node WHERE edge.p IS NULL AND inverse"""
_NEEDED: Final = "INSERT INTO needed SELECT DISTINCT s, p, o FROM passed"
_ON: Final = """
INSERT INTO reached
SELECT DISTINCT next AS state, node, $round FROM passed
SEMI JOIN steps ON steps.state = passed.next
ANTI JOIN reached ON reached.state = passed.next AND reached.node = passed.node"""

#: A rule of which nothing is known may read everything.
_ALL: Final = """
INSERT INTO needed SELECT s, p, o FROM things
WHERE EXISTS (FROM asked SEMI JOIN (SELECT unnest($unknown::INTEGER[]) AS rule) USING (rule))"""


_TERMS: Final = """
SELECT a.term, b.term, c.term FROM (SELECT DISTINCT s, p, o FROM needed)
JOIN terms AS a ON a.id = s JOIN terms AS b ON b.id = p JOIN terms AS c ON c.id = o"""


class Reach:
    """What rules read, over the tables of a build.

    Expects of the database ``things(s, p, o)``, which shapes are run on, ``changed(s, p, o)``, and ``walked(s, p, o)``,
    the things as they are and as they were.
    """

    def __init__(self, statements: Statements, shapes: Graph, reads: Reads) -> None:
        self._run = statements.connection.execute
        self._statements = statements
        self._rules = sorted({rule for rule, _ in reads.starts} | reads.unknown)
        number = {rule: place for place, rule in enumerate(self._rules)}
        self._unknown = [number[rule] for rule in reads.unknown]
        properties = {step.property: f"<{step.property}>" for step in reads.steps if step.property is not None}
        targets = [
            (number[rule], kind, str(to_oxigraph(term)))
            for rule in self._rules
            for kind, target in enumerate(TARGETS)
            for term in shapes.objects(URIRef(rule), target)
        ]
        named = [
            *properties.values(),
            *(one.term for one in reads.anchors if one.term),
            *(term for *_, term in targets),
        ]
        numbers = statements.numbers([*named, *(f"<{term}>" for term in (RDF.type, RDFS.subClassOf))])
        self._run(_TABLES)
        starts = [(number[rule], state) for rule, state in reads.starts]
        steps = [
            (one.state, numbers[properties[one.property]] if one.property else None, one.inverse, one.next)
            for one in reads.steps
        ]
        anchors = [(number[one.rule], one.state, numbers[one.term] if one.term else None) for one in reads.anchors]
        self._fill("starts", starts, "INTEGER INTEGER")
        self._fill("steps", steps, "INTEGER BIGINT BOOLEAN INTEGER")
        self._fill("anchors", anchors, "INTEGER INTEGER BIGINT")
        self._fill("targets", [(rule, kind, numbers[term]) for rule, kind, term in targets], "INTEGER INTEGER BIGINT")
        self._run(_FOCUS, {"type": numbers[f"<{RDF.type}>"], "subclass": numbers[f"<{RDFS.subClassOf}>"]})

    def looked_at(self) -> dict[str, int]:
        """Return for each rule how many nodes it looks at."""
        counts = dict(self._run("SELECT rule, count(*) FROM focus GROUP BY rule").fetchall())
        return {rule: counts.get(place, 0) for place, rule in enumerate(self._rules)}

    def affected(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Return for each rule at which nodes (N-Triples) the changed statements can make it say something else.

        The second are nodes that no pattern joins to a changed statement, though the rule compares them with one.
        """
        self._run("TRUNCATE reached")
        self._run("TRUNCATE affected")
        self._run(_READ_FROM)
        self._walk(_BACK)
        self._run(_AFFECTED, {"unknown": self._unknown})
        joined: dict[str, set[str]] = {}
        compared: dict[str, set[str]] = {}
        asked = "SELECT rule, term, joined FROM affected JOIN terms ON id = node"
        for rule, term, is_joined in self._run(asked).fetchall():
            (joined if is_joined else compared).setdefault(self._rules[rule], set()).add(term)
        return joined, compared

    def touched(self) -> tuple[dict[str, set[str]], set[str]]:
        """Return for each rule the nodes (N-Triples) of which it may say something else, in its targets or no more.

        The second are the rules of which that may be all nodes.
        """
        self.affected()
        asked = "SELECT DISTINCT rule, term FROM reached JOIN starts USING (state) JOIN terms ON id = node"
        nodes: dict[str, set[str]] = {}
        for rule, term in self._run(asked).fetchall():
            nodes.setdefault(self._rules[rule], set()).add(term)
        wholly = self._run(_WHOLLY, {"unknown": self._unknown, "literals": LITERALS}).fetchall()
        return nodes, {self._rules[rule] for (rule,) in wholly}

    def affected_with_all_of(self, wholly: Collection[str]) -> dict[str, set[str]]:
        """Return for each rule its affected nodes, after `touched`; those of some rules are all at which they look.

        All of them count as joined from then on.
        """
        self._run(_ALL_OF, {"wholly": [place for place, rule in enumerate(self._rules) if rule in wholly]})
        found: dict[str, set[str]] = {}
        for rule, term in self._run("SELECT rule, term FROM affected JOIN terms ON id = node").fetchall():
            found.setdefault(self._rules[rule], set()).add(term)
        return found

    def needed(self, *, joined: bool) -> str:
        """Return the statements that the affected nodes of one kind or the other need, as N-Triples."""
        self._run("CREATE OR REPLACE TEMP TABLE asked AS FROM affected WHERE joined = $joined", {"joined": joined})
        self._run("TRUNCATE reached")
        self._run("TRUNCATE needed")
        self._run(_ALL, {"unknown": self._unknown})
        self._run(_BEGIN)
        self._walk(_PASSED, _NEEDED, _ON)
        return "".join(f"{s} {p} {o} .\n" for s, p, o in self._run(_TERMS).fetchall())

    def _walk(self, *statements: str) -> None:
        """Run the statements by rounds, until there is nothing new."""
        round_ = 0
        while self._run("SELECT count(*) FROM reached WHERE round = $round", {"round": round_}).fetchone() != (0,):
            round_ += 1
            for statement in statements:
                self._run(statement, {"round": round_} if "$round" in statement else None)

    def _fill(self, table: str, rows: Sequence[Sequence[object]], types: str) -> None:
        kinds = types.split()
        values = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(kinds, 1))
        columns = [[row[place] for row in rows] for place in range(len(kinds))]
        self._run(f"INSERT INTO {table} SELECT {values}", columns)

"""Explains derived statements: an overlap by the rule that found it, or that a passage mentions a thing.

A rule is a query in ``queries/derive/``. It is run again for the two members and the cause; its premises are
the statements about these and about what the finding is on, directly or through one thing in between, in the readings
of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import ECP
from ecp_graph.queries.catalogue import Query, parse_query
from ecp_graph.reasoning.proof import Derivation, Explanation
from ecp_graph.reasoning.statements import Statement, in_sparql, iri, rows_of, stated_in
from ecp_graph.sparql.results import Term

__all__ = ["explain_finding"]

_STATED_IN: Final = ECP + "statedIn"
_FACTS: Final = """
SELECT ?property ?value ?mark ?notation WHERE {{
  GRAPH graph:derived {{ {thing} ?property ?value }}
  OPTIONAL {{
    VALUES (?property ?mark) {{ (ecp:overlapKind "kind") (ecp:evidenceGrade "grade") (ecp:certainty "certainty") }}
    ?value skos:notation ?notation
  }}
}}
ORDER BY ?property ?value ?notation
"""
#: A variable that a rule gives its value itself, and the columns of a SELECT up to its first pattern.
_ASSIGNED: Final = re.compile(r"\bAS\s+\?(\w+)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\?(\w+)")
_SELECT: Final = re.compile(r"\bSELECT\b([^{}]*?)\bWHERE\s*\{", re.IGNORECASE)
_SPOKEN_OF: Final = """
SELECT ?subject ?property ?value WHERE {{
  VALUES ?subject {{ {thing} }}
  GRAPH {passage} {{ ?subject ?property ?value }}
}}
ORDER BY ?property ?value
LIMIT 3
"""
_IN_READINGS: Final = """
SELECT ?subject ?property ?value WHERE {{
  VALUES ?reading {{ {readings} }}
  GRAPH ?reading {{ ?subject ?property ?value }}
  FILTER (isIRI(?value) && ?subject != ?reading)
}}
ORDER BY ?subject ?property ?value
"""


@dataclass(frozen=True)
class _Overlap:
    """What graph/derived says of an overlap; kind, grade and certainty are notations, empty where it says nothing."""

    members: tuple[Term, ...]
    cause: Term
    on: tuple[Term, ...]
    marks: Mapping[str, str]
    actions: tuple[Term, ...]
    readings: tuple[Term, ...]

    @property
    def text(self) -> str:
        """Kind, grade and certainty in words."""
        told = (("{}", "kind"), ("grade {}", "grade"), ("{}", "certainty"))
        return ", ".join(words.format(self.marks[mark]) for words, mark in told if self.marks.get(mark))


def explain_finding(
    engine: Engine,
    rules: Iterable[Path],
    statement: Statement,
    *,
    told: Engine | None = None,
    timeout_s: float | None = None,
) -> Explanation | None:
    """Return why a statement stands in graph/derived, or None when it does not.

    ``rules`` are the files of the build's rules; ``told`` is what has the finding, where that is another engine than
    the one that has all else. Raises what the engine raises, and InputSyntaxError for a rule that cannot be read.
    """
    facts: dict[str, list[Term]] = {}
    marks: dict[str, str] = {}
    thing = statement.subject
    if thing.kind != "iri":
        return None
    for row in rows_of(ask_table(told or engine, _FACTS.format(thing=in_sparql(thing)), timeout_s=timeout_s)):
        facts.setdefault(row["property"].value, []).append(row["value"])
        if mark := row.get("mark"):
            marks[mark.value] = row["notation"].value
    if statement.object not in facts.get(statement.predicate.value, ()):
        return None
    if overlap := _overlap(facts, marks):
        found = _by_rule(engine, rules, overlap, timeout_s)
        return Explanation(statement, (), found, overlap.marks.get("certainty", ""))
    if statement.predicate.value == _STATED_IN:
        query = _SPOKEN_OF.format(thing=in_sparql(thing), passage=in_sparql(statement.object))
        premises = _stated(engine, query, timeout_s)
        text = "the graph of the passage speaks of it"
        return Explanation(statement, (), Derivation("stated-in", "ecp:statedIn", (), premises, text))
    return None


def _overlap(facts: dict[str, list[Term]], marks: Mapping[str, str]) -> _Overlap | None:
    members, causes = facts.get(ECP + "overlapMember", []), facts.get(ECP + "overlapCause", [])
    if len(members) != 2 or len(causes) != 1:
        return None
    on, actions, readings = (tuple(facts.get(ECP + name, [])) for name in ("overlapOn", "overlapAction", "statedIn"))
    return _Overlap(tuple(members), causes[0], on, marks, actions, readings)


def _by_rule(engine: Engine, rules: Iterable[Path], overlap: _Overlap, timeout_s: float | None) -> Derivation:
    """Return the step of the rule that gives the overlap its kind.

    Rules with the kind for a tag are asked alone, where there are any, in the order of their names, until one has the
    overlap. Its grade may be better: what an interpretation alone proves has the weakest.
    """
    read = [(path, _read_rule(path, path.stat().st_mtime_ns)) for path in sorted(rules)]
    kind = overlap.marks.get("kind", "")
    for path, rule in [one for one in read if kind in one[1].tags] or read:
        rows = rows_of(ask_table(engine, _asked_of(rule.body, overlap), timeout_s=timeout_s))
        if any(row["kind"].value == kind for row in rows):
            text = ": ".join(filter(None, (overlap.text, rule.summary)))
            axiom = f"queries/derive/{path.name}"
            return Derivation("finding", axiom, (), _evidence(engine, overlap, timeout_s), text)
    return Derivation("finding", "", (), _evidence(engine, overlap, timeout_s), overlap.text)


@lru_cache(maxsize=128)
def _read_rule(path: Path, _changed_ns: int) -> Query:
    """Return the rule in a file, read again only when the file has changed."""
    return parse_query(path.read_text(encoding="utf-8"), path, path.parent)


def _asked_of(rule: str, overlap: _Overlap) -> str:
    """Return the text of a rule that finds one overlap alone.

    Its members and its cause stand behind the end, where SPARQL 1.1 (section 18.2.4.3) joins them. An engine can begin
    with what stands in front of the first pattern: those of the three that the rule does not bind itself, and the
    actions that show the overlap. A SELECT inside gets them too if it has the column.
    """
    first, second, cause = map(in_sparql, (*overlap.members, overlap.cause))
    known = {
        ("memberA", "memberB"): [f"{first} {second}", f"{second} {first}"],
        ("cause",): [cause],
        ("action",): [in_sparql(action) for action in overlap.actions],
    }
    assigned = set(_ASSIGNED.findall(rule))

    def begun(select: re.Match[str]) -> str:
        free = set(_VARIABLE.findall(select[1])) - assigned
        told = (_values(columns, rows) for columns, rows in known.items() if rows and free.issuperset(columns))
        return " ".join((select[0], *told))

    both = [f"{first} {second} {cause}", f"{second} {first} {cause}"]
    return f"{_SELECT.sub(begun, rule).rstrip()}\n{_values(('memberA', 'memberB', 'cause'), both)}"


def _values(columns: Sequence[str], rows: Sequence[str]) -> str:
    return f"VALUES ({' '.join('?' + name for name in columns)}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _evidence(engine: Engine, overlap: _Overlap, timeout_s: float | None) -> tuple[Explanation, ...]:
    """Return what the readings of an overlap state between its parts, and of things that join two of them."""
    if not overlap.readings:
        return ()
    query = _IN_READINGS.format(readings=" ".join(map(in_sparql, overlap.readings)))
    parts = {*overlap.members, overlap.cause, *overlap.on, *overlap.actions}
    statements = _statements(engine, query, timeout_s)
    joined: dict[Term, set[Term]] = {}
    for one in statements:
        for here, there in ((one.subject, one.object), (one.object, one.subject)):
            if here in parts and there not in parts:
                joined.setdefault(there, set()).add(here)
    parts |= {term for term, ends in joined.items() if len(ends) > 1}
    kept = [one for one in statements if one.subject in parts and one.object in parts]
    return _leaves(engine, kept or statements, timeout_s)


def _stated(engine: Engine, query: str, timeout_s: float | None) -> tuple[Explanation, ...]:
    return _leaves(engine, _statements(engine, query, timeout_s), timeout_s)


def _statements(engine: Engine, query: str, timeout_s: float | None) -> list[Statement]:
    rows = rows_of(ask_table(engine, query, timeout_s=timeout_s))
    return list(dict.fromkeys(Statement(iri(row["subject"].value), row["property"], row["value"]) for row in rows))


def _leaves(engine: Engine, statements: Sequence[Statement], timeout_s: float | None) -> tuple[Explanation, ...]:
    sources = stated_in(engine, statements, timeout_s=timeout_s)
    return tuple(Explanation(statement, sources[statement]) for statement in statements if statement in sources)

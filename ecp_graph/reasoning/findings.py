"""Explains derived statements: an overlap by the rule that found it, or that a passage mentions a thing.

A rule is a query in ``queries/derive/``. It is run again for the two members and the thing they share; its premises are
the statements about these, directly or through one thing in between, in the passages of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.errors import QueryError
from ecp_graph.namespaces import ECP
from ecp_graph.queries.catalogue import Query, parse_query
from ecp_graph.reasoning.proof import Derivation, Explanation
from ecp_graph.reasoning.statements import Statement, in_sparql, iri, rows_of, stated_in
from ecp_graph.sparql.results import Table, Term

__all__ = ["explain_finding"]

_STATED_IN: Final = ECP + "statedIn"
_FACTS: Final = """
SELECT ?property ?value WHERE {{ GRAPH graph:derived {{ {thing} ?property ?value }} }}
ORDER BY ?property ?value
"""
_SPOKEN_OF: Final = """
SELECT ?subject ?property ?value WHERE {{
  VALUES ?subject {{ {thing} }}
  GRAPH {passage} {{ ?subject ?property ?value }}
}}
ORDER BY ?property ?value
LIMIT 3
"""
_IN_PASSAGES: Final = """
SELECT ?subject ?property ?value WHERE {{
  VALUES ?passage {{ {passages} }}
  GRAPH ?passage {{ ?subject ?property ?value }}
  FILTER (isIRI(?value) && ?subject != ?passage)
}}
ORDER BY ?subject ?property ?value
"""


@dataclass(frozen=True)
class _Overlap:
    """What graph/derived says of an overlap."""

    members: tuple[Term, ...]
    on: Term
    grade: str
    actions: tuple[Term, ...]
    passages: tuple[Term, ...]


def explain_finding(
    engine: Engine, rules: Iterable[Path], statement: Statement, *, timeout_s: float | None = None
) -> Explanation | None:
    """Return why a statement stands in graph/derived, or None when it does not.

    ``rules`` are the files of the build's rules. Raises what the engine raises, and InputSyntaxError for a rule that
    cannot be read.
    """
    facts: dict[str, list[Term]] = {}
    thing = statement.subject
    if thing.kind != "iri":
        return None
    for row in rows_of(ask_table(engine, _FACTS.format(thing=in_sparql(thing)), timeout_s=timeout_s)):
        facts.setdefault(row["property"].value, []).append(row["value"])
    if statement.object not in facts.get(statement.predicate.value, ()):
        return None
    if overlap := _overlap(facts):
        return Explanation(statement, (), _by_rule(engine, rules, overlap, timeout_s))
    if statement.predicate.value == _STATED_IN:
        query = _SPOKEN_OF.format(thing=in_sparql(thing), passage=in_sparql(statement.object))
        premises = _stated(engine, query, timeout_s)
        text = "the graph of the passage speaks of it"
        return Explanation(statement, (), Derivation("stated-in", "ecp:statedIn", (), premises, text))
    return None


def _overlap(facts: dict[str, list[Term]]) -> _Overlap | None:
    members, on = facts.get(ECP + "overlapMember", []), facts.get(ECP + "overlapOn", [])
    if len(members) != 2 or len(on) != 1:
        return None
    actions, passages = facts.get(ECP + "overlapAction", []), facts.get(_STATED_IN, [])
    grade = "".join(term.value.rpartition("/")[2] for term in facts.get(ECP + "evidenceGrade", [])[:1])
    return _Overlap(tuple(members), on[0], grade, tuple(actions), tuple(passages))


def _by_rule(engine: Engine, rules: Iterable[Path], overlap: _Overlap, timeout_s: float | None) -> Derivation:
    """Return the step of the rule with the strongest evidence; of several, all are named.

    A rule with a tag for another grade, as ``grade-b``, cannot have found the overlap and is not asked.
    """
    found: list[tuple[str, str, str]] = []
    for path in rules:
        rule = _read_rule(path, path.stat().st_mtime_ns)
        grades = {tag for tag in rule.tags if tag.startswith("grade-")}
        if not grades or overlap.grade in grades:
            rows = rows_of(_rows_for(engine, rule.body, overlap, timeout_s))
            found += [(grade, path.stem, rule.summary) for grade in sorted({row["grade"].value for row in rows})[:1]]
    best = [rule for rule in sorted(found) if rule[0] == min(found)[0]]
    axiom = ", ".join(f"queries/derive/{name}.rq" for _, name, _ in best)
    text = "; ".join(summary for _, _, summary in best)
    return Derivation("finding", axiom, (), _evidence(engine, overlap, timeout_s), text)


@lru_cache(maxsize=128)
def _read_rule(path: Path, _changed_ns: int) -> Query:
    """Return the rule in a file, read again only when the file has changed."""
    return parse_query(path.read_text(encoding="utf-8"), path, path.parent)


def _rows_for(engine: Engine, rule: str, overlap: _Overlap, timeout_s: float | None) -> Table:
    """Return the rows of a rule for one overlap.

    The values stand in front of the first pattern, so that an engine can begin with them. A rule that binds one of the
    three itself does not allow that, and gets them behind its end, where SPARQL 1.1 (section 18.2.4.3) joins them.
    """
    first, second, on = map(in_sparql, (*overlap.members, overlap.on))
    values = f"VALUES (?memberA ?memberB ?on) {{ ({first} {second} {on}) ({second} {first} {on}) }}"
    where = re.search(r"\bWHERE\s*\{", rule)
    try:
        if where:
            return ask_table(engine, f"{rule[: where.end()]} {values} {rule[where.end() :]}", timeout_s=timeout_s)
    except QueryError:
        pass
    return ask_table(engine, f"{rule.rstrip()}\n{values}", timeout_s=timeout_s)


def _evidence(engine: Engine, overlap: _Overlap, timeout_s: float | None) -> tuple[Explanation, ...]:
    """Return what the passages of an overlap state between its parts, and of things that join two of them."""
    if not overlap.passages:
        return ()
    query = _IN_PASSAGES.format(passages=" ".join(map(in_sparql, overlap.passages)))
    parts = {*overlap.members, overlap.on, *overlap.actions}
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

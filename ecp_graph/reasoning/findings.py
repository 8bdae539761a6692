"""Explains derived statements: an overlap by the rule that found it, or that a passage mentions a thing.

A rule is a query in ``queries/derive/``. It is run again for the two members and the cause; its premises are
the statements about these and about what the finding is on, directly or through one thing in between, in the readings
of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_rows, ask_table
from ecp_graph.errors import ResultTooLarge
from ecp_graph.namespaces import ECP
from ecp_graph.queries.catalogue import Query, parse_query
from ecp_graph.reasoning.proof import Derivation, Explanation
from ecp_graph.reasoning.statements import Statement, in_sparql, iri, rows_of, stated_in
from ecp_graph.sparql.results import Table, Term

__all__ = ["Found", "explain_finding"]

#: What a rule finds, by members, cause and the notation of the kind; None when it is too much to keep.
Found = frozenset[tuple[frozenset[str], str, str]] | None

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
#: The longest answer of a rule that is read as a whole: some 50,000 findings.
_MOST_BYTES: Final = 16_000_000
#: What shows that a rule itself gives the values of one of the three.
_BINDS: Final = re.compile(r"\bAS\s+\?(?:memberA|memberB|cause)\b")
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
    keep: Callable[[Hashable, Callable[[], Found]], Found] | None = None,
    timeout_s: float | None = None,
) -> Explanation | None:
    """Return why a statement stands in graph/derived, or None when it does not.

    ``rules`` are the files of the build's rules; ``told`` is what has the finding, where that is another engine than
    the one that has all else. ``keep`` returns what it has kept for a key, or calls and keeps; where many findings are
    explained, a rule is then asked once for all of them. Raises what the engine raises, and InputSyntaxError for a rule
    that cannot be read.
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
        found = _by_rule(engine, rules, overlap, keep, timeout_s)
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


def _by_rule(
    engine: Engine,
    rules: Iterable[Path],
    overlap: _Overlap,
    keep: Callable[[Hashable, Callable[[], Found]], Found] | None,
    timeout_s: float | None,
) -> Derivation:
    """Return the step of the rule that gives the overlap its kind.

    Rules with the kind for a tag are asked alone, where there are any, in the order of their names, until one has the
    overlap. Its grade may be better: what an interpretation alone proves has the weakest.
    """
    read = [(path, _read_rule(path, path.stat().st_mtime_ns)) for path in sorted(rules)]
    kind = overlap.marks.get("kind", "")
    key = (frozenset(member.value for member in overlap.members), overlap.cause.value, kind)
    for path, rule in [one for one in read if kind in one[1].tags] or read:
        # a rule that binds what it is asked for finds everything before an engine can choose
        found = keep(("found by", rule.body), partial(_found, engine, rule.body, timeout_s)) if keep else None
        if found is None:
            rows = rows_of(_rows_for(engine, rule.body, overlap, timeout_s))
            found = frozenset(key for row in rows if row["kind"].value == kind)
        if key in found:
            text = ": ".join(filter(None, (overlap.text, rule.summary)))
            axiom = f"queries/derive/{path.name}"
            return Derivation("finding", axiom, (), _evidence(engine, overlap, timeout_s), text)
    return Derivation("finding", "", (), _evidence(engine, overlap, timeout_s), overlap.text)


def _found(engine: Engine, rule: str, timeout_s: float | None) -> Found:
    """Return all that a rule finds; None when that is too much, or the rule may be asked for one finding at a time."""
    if not _BINDS.search(rule):
        return None
    try:
        return frozenset(
            (frozenset((row["memberA"], row["memberB"])), row["cause"], row["kind"])
            for row in ask_rows(engine, rule, timeout_s=timeout_s, max_bytes=_MOST_BYTES)
        )
    except ResultTooLarge:
        return None


@lru_cache(maxsize=128)
def _read_rule(path: Path, _changed_ns: int) -> Query:
    """Return the rule in a file, read again only when the file has changed."""
    return parse_query(path.read_text(encoding="utf-8"), path, path.parent)


def _rows_for(engine: Engine, rule: str, overlap: _Overlap, timeout_s: float | None) -> Table:
    """Return the rows of a rule for one overlap.

    The values stand in front of the first pattern, so that an engine can begin with them. A rule that binds one of the
    three itself does not allow that, and gets them behind its end, where SPARQL 1.1 (section 18.2.4.3) joins them.
    """
    first, second, cause = map(in_sparql, (*overlap.members, overlap.cause))
    values = f"VALUES (?memberA ?memberB ?cause) {{ ({first} {second} {cause}) ({second} {first} {cause}) }}"
    where = re.search(r"\bWHERE\s*\{", rule)
    if where and not _BINDS.search(rule):
        rule = f"{rule[: where.end()]} {values} {rule[where.end() :]}"
        return ask_table(engine, rule, timeout_s=timeout_s)
    return ask_table(engine, f"{rule.rstrip()}\n{values}", timeout_s=timeout_s)


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

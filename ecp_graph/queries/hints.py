"""Says why a query finds nothing: its patterns are asked alone, then in pairs, and the likely term is named.

All is asked in plain SPARQL, so it works over any store.
"""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, islice
from typing import Any, Final

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import PREFIXES, compact, expand
from ecp_graph.sparql.patterns import Comparison, Pattern, Written, comparisons, joined_texts, patterns
from ecp_graph.sparql.results import Table, Term, to_ox
from ecp_graph.sparql.text import position, query_start, tokens

__all__ = ["Ask", "Hint", "hints", "is_odd"]

#: Runs a SELECT or an ASK within a short time; raises EcpGraphError.
Ask = Callable[[str], Table]

_MOST_PATTERNS: Final = 20
_MOST_PAIRS: Final = 30
_MOST_HINTS: Final = 4
_TYPES: Final = frozenset({"a", "rdf:type", f"<{PREFIXES['rdf']}type>"})
#: What a term is looked for among: what stands in its place, the most frequent first.
_CANDIDATES: Final = (
    "SELECT ?term (COUNT(*) AS ?uses) {{ {where} }} GROUP BY ?term ORDER BY DESC(?uses) ?term LIMIT 5000"
)
#: Words in the names of properties that name things, and the one that does so here.
_NAMING: Final = frozenset({"label", "name", "title"})
_NAME: Final = PREFIXES["skos"] + "prefLabel"
_DATE, _DATE_TIME = (PREFIXES["xsd"] + name for name in ("date", "dateTime"))
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: How like another one a name has to be, from 0 to 1.
_LIKE: Final = 0.6


@dataclass(frozen=True)
class Hint:
    """What of a query the graph does not have, as a sentence, and where the query asks for it, counted from 1."""

    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.text}"

    def as_dict(self) -> dict[str, Any]:
        """Return the hint for JSON: line, column, text."""
        return asdict(self)


def is_odd(table: Table) -> bool:
    """Return whether a result looks as if the query were wrong: no row, zeros alone, or a column without any value."""
    if table.boolean is not None:
        return not table.boolean
    columns = list(zip(*table.rows, strict=True))
    are_zeros = all(cell is not None and cell.is_number and cell.value == "0" for row in table.rows for cell in row)
    return not table.rows or are_zeros or any(not any(column) for column in columns)


def hints(sparql: str, ask: Ask, *, limit_s: float = 3.0) -> list[Hint]:
    """Return what of a valid query can match nothing, with the likely term; none when all of it can match something.

    Checks that the store refuses, and those for which the time is too short, are left out.
    """
    checks = _Checks(sparql, ask, time.monotonic() + limit_s)
    found = list(checks.of_patterns()) or list(islice(checks.of_pairs(), 1))
    found += [*checks.of_comparisons(), *checks.of_joined_texts()]
    return sorted(dict.fromkeys(found), key=lambda hint: (hint.line, hint.column))[:_MOST_HINTS]


class _Checks:
    """The checks of one query."""

    def __init__(self, sparql: str, ask: Ask, deadline: float) -> None:
        self._sparql = sparql
        self._deadline = deadline
        self._run = ask
        self._prologue = sparql[: query_start(sparql)]
        self._patterns = patterns(sparql)[:_MOST_PATTERNS]

    def of_patterns(self) -> Iterator[Hint]:
        """Yield a hint for each pattern that matches nothing by itself."""
        for pattern in self._patterns:
            if self._fits(pattern.text) is False:
                place, sentence = (
                    self._unknown_property(pattern)
                    or self._unknown_class(pattern)
                    or self._other_literal(pattern)
                    or self._unknown_thing(pattern)
                    or self._turned(pattern)
                    or (pattern.subject, f"Nothing in the graph fits '{pattern.text}'.")
                )
                yield self._hint(place, sentence)

    def of_pairs(self) -> Iterator[Hint]:
        """Yield a hint for each two patterns of one thing that match nothing together."""
        pairs = ((one, other) for one, other in combinations(self._patterns, 2) if one.variables & other.variables)
        for one, other in islice(pairs, _MOST_PAIRS):
            if self._fits(f"{one.text} . {other.text}") is False:
                nearest = self._nearest(other.verb.text, f"{one.text} . {other.subject.text} ?term {other.object.text}")
                yield self._hint(other.verb, f"Nothing fits '{one.text}' and '{other.text}' at once.{nearest}")

    def of_comparisons(self) -> Iterator[Hint]:
        """Yield a hint for each literal that no value of the variable beside it can be compared with."""
        for comparison in comparisons(self._sparql):
            value = self._value_of(comparison.variable.text[1:])
            literal = self._first(f"SELECT ({comparison.literal.text} AS ?value) {{}}")
            if value and literal and value.kind == "literal" and not _is_comparable(value, literal):
                yield self._hint(comparison.literal, _how_to_compare(comparison, value, literal))

    def of_joined_texts(self) -> Iterator[Hint]:
        """Yield a hint for each GROUP_CONCAT over what is no text."""
        for joined in joined_texts(self._sparql):
            value = self._value_of(joined.text[1:])
            if value and (value.kind == "iri" or value.datatype):
                kind = "IRIs" if value.kind == "iri" else f"values of {compact(value.datatype)}"
                sentence = f"GROUP_CONCAT joins texts, and {joined.text} has {kind}. Write STR({joined.text}) in it."
                yield self._hint(joined, sentence)

    # what is wrong with a pattern: the place and the sentence, or None

    def _unknown_property(self, pattern: Pattern) -> tuple[Written, str] | None:
        verb = pattern.verb
        for token in tokens(verb.text):
            if token.kind in {"iri", "name"} and self._fits(f"?subject {token.text} ?object") is False:
                known = self._is_described(token.text)
                told = "No statement of the graph has the property" if known else "The graph has no property"
                others = [other.text for other in self._patterns if other.subject.text == pattern.subject.text]
                about = (f"{other} . {pattern.subject.text} ?term ?object" for other in others if self._fits(other))
                nearest = next(filter(None, (self._nearest(token.text, where) for where in about)), "")
                return verb, f"{told} {token.text}.{nearest or self._nearest(token.text, '?subject ?term ?object')}"
        return None

    def _unknown_class(self, pattern: Pattern) -> tuple[Written, str] | None:
        name = pattern.object
        if pattern.verb.text not in _TYPES or name.is_variable or self._fits(f"?thing a {name.text}") is not False:
            return None
        told = "Nothing in the graph is of the class" if self._is_described(name.text) else "The graph has no class"
        return name, f"{told} {name.text}.{self._nearest(name.text, '?thing a ?term')}"

    def _other_literal(self, pattern: Pattern) -> tuple[Written, str] | None:
        literal = pattern.object
        if literal.kind not in {"string", "number"}:
            return None
        for same in ("STR(?value) = STR({0})", "LCASE(STR(?value)) = LCASE(STR({0}))"):
            where = f"{pattern.subject.text} {pattern.verb.text} ?value FILTER ({same.format(literal.text)})"
            if value := self._first(f"SELECT ?value {{ {where} }} LIMIT 1"):
                return literal, f"The graph has no value {literal.text} here, but {_in_sparql(value)}."
        return None

    def _unknown_thing(self, pattern: Pattern) -> tuple[Written, str] | None:
        for part in (pattern.subject, pattern.object):
            if part.kind in {"iri", "name"} and not self._occurs(part.text):
                iri = expand(part.text.strip("<>"))
                start = re.split(r"[^/#]*$", iri)[0]
                things = f'?term a ?class FILTER (STRSTARTS(STR(?term), "{start}"))'
                return part, f"The graph says nothing of {part.text}.{self._nearest(part.text, things)}"
        return None

    def _turned(self, pattern: Pattern) -> tuple[Written, str] | None:
        turned = f"{pattern.object.text} {pattern.verb.text} {pattern.subject.text}"
        if pattern.object.kind in {"iri", "name", "variable"} and self._fits(turned):
            return pattern.subject, f"Nothing fits '{pattern.text}', but '{turned}' does: the other way round."
        return None

    # asking

    def _ask(self, sparql: str) -> Table | None:
        if time.monotonic() > self._deadline:
            return None
        try:
            return self._run(self._prologue + sparql)
        except EcpGraphError:  # the check is left out
            return None

    def _fits(self, where: str) -> bool | None:
        found = self._ask(f"ASK {{ {where} }}")
        return found.boolean if found else None

    def _is_described(self, name: str) -> bool:
        return bool(self._fits(f"{name} a ?class"))

    def _occurs(self, name: str) -> bool:
        return self._fits(f"{{ {name} ?property ?value }} UNION {{ ?subject ?property {name} }}") is not False

    def _first(self, sparql: str) -> Term | None:
        found = self._ask(sparql)
        return found.rows[0][0] if found and found.rows else None

    def _value_of(self, variable: str) -> Term | None:
        """Return a value of a variable by the first pattern that has it as its object."""
        with_it = (pattern for pattern in self._patterns if pattern.object.text[1:] == variable)
        first = next((pattern for pattern in with_it if pattern.object.is_variable), None)
        return self._first(f"SELECT {first.object.text} {{ {first.text} }} LIMIT 1") if first else None

    def _nearest(self, name: str, where: str) -> str:
        """Return a question that offers what is most like a name of what ``?term`` may be; empty when nothing is."""
        found = self._ask(_CANDIDATES.format(where=where))
        known = [row[0].text for row in found.rows if row[0] and row[0].kind == "iri"] if found else []
        near = _like(compact(expand(name.strip("<>"))), known)
        return f" Did you mean {' or '.join(near)}?" if near else ""

    def _hint(self, place: Written, sentence: str) -> Hint:
        return Hint(*position(self._sparql, place.start), sentence)


def _like(name: str, known: Sequence[str]) -> list[str]:
    """Return at most two names that are most like one: those with its words among theirs, then those spelt alike.

    Among equals those that come first in ``known`` are taken.
    """
    words = _words(name)
    if words & _NAMING and compact(_NAME) in known:
        return [compact(_NAME)]
    local = name.rpartition(":")[2].casefold()
    ranked = []
    for place, other in enumerate(known):
        likeness = difflib.SequenceMatcher(None, local, other.rpartition(":")[2].casefold()).ratio()
        shares_words = bool(words) and (words <= _words(other) or _words(other) <= words)
        if other != name and (shares_words or likeness >= _LIKE):
            ranked.append((-round(likeness, 1) - shares_words, place, other))
    return [other for *_, other in sorted(ranked)[:2]]


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(name.rpartition(":")[2])}


def _is_comparable(value: Term, literal: Term) -> bool:
    if value.is_number and literal.is_number:
        return True
    return value.datatype == literal.datatype and bool(value.language) == bool(literal.language)


def _how_to_compare(comparison: Comparison, value: Term, literal: Term) -> str:
    variable, written = comparison.variable.text, comparison.literal.text
    if value.datatype == _DATE_TIME and literal.datatype == _DATE:
        moment = f'"{literal.value}T00:00:00"^^xsd:dateTime'
        return f"{variable} has moments (xsd:dateTime), which no date compares with. Write {moment}."
    if value.language and not literal.datatype:
        return f"{variable} has texts with a language. Write STR({variable}), or {written}@{value.language}."
    return f"{variable} has values such as {_in_sparql(value)}, which {written} cannot be compared with."


def _in_sparql(value: Term) -> str:
    """Return a term as a query writes it."""
    if value.kind == "iri":
        return value.text
    if value.datatype:
        return value.value if value.is_number else f'"{value.value}"^^{compact(value.datatype)}'
    return str(to_ox(value))

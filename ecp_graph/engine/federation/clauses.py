r"""Finds the SERVICE clauses of a query, and derives the texts needed to evaluate them.

The query is tokenised in linear time. If it is ambiguous (an escape may stand for a quote or a brace, a `<` may begin
an IRI or be a comparison), it is refused. The result is checked again elsewhere: the engine parses each text before
anything is sent, and `refuse_service` checks what remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.errors import QueryError, ServiceRefused
from ecp_graph.sparql.guard import refuse_service
from ecp_graph.sparql.text import ESCAPE, PAIRS, Token, position, query_start, tokens

__all__ = ["MOST_CLAUSES", "Clause", "asked_text", "filled_text", "find_clauses", "scope_text", "stand_in_text"]

#: The maximum number of clauses in a query; each causes a request to another server.
MOST_CLAUSES: Final = 8

#: All characters with a meaning in the grammar are below this code point.
_FIRST_HARMLESS: Final = 0xA0
_PLAIN_IRI: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_PER_ROW: Final = frozenset({"EXISTS", "LATERAL"})
#: Keywords that make a group more than triples. Inside EXISTS or LATERAL, substituting variables before evaluation is
#: equivalent to a join after it only for triples.
_MORE_THAN_TRIPLES: Final = frozenset(
    {"BIND", "EXISTS", "FILTER", "GRAPH", "LATERAL", "MINUS", "OPTIONAL", "SELECT", "UNION", "VALUES"}
)


@dataclass
class Clause:
    """One clause: the positions of the clause and its group, its address, and whether it is SILENT."""

    start: int
    iri_start: int
    iri: str
    body_start: int
    is_silent: bool = False
    #: Whether it is inside EXISTS, whose group is evaluated for each row.
    is_per_row: bool = False
    end: int = 0
    words: set[str] = field(default_factory=set)


def find_clauses(sparql: str) -> list[Clause]:
    """Return the SERVICE clauses of a query in order.

    Raises ServiceRefused for a clause without a constant address, a nested or an ambiguous one, and QueryError for
    one that is never closed.
    """
    clauses = list(_Reader(sparql).clauses())
    if not clauses:
        return []
    for escape in ESCAPE.finditer(sparql):
        if int(escape[1] or escape[2], 16) < _FIRST_HARMLESS:
            raise _refused(
                sparql, escape.start(), f"in a query with SERVICE, write the character itself, not {escape.group()}."
            )
    if len(clauses) > MOST_CLAUSES:
        raise _refused(sparql, clauses[MOST_CLAUSES].start, f"a query may have at most {MOST_CLAUSES} SERVICE clauses.")
    for clause in clauses:
        _refuse_inner(sparql, clause)
        if clause.is_per_row and clause.words & (_MORE_THAN_TRIPLES | {"*", "?", "{"}):
            sentence = "inside EXISTS, a SERVICE clause may contain only triples, without paths of arbitrary length."
            raise _refused(sparql, clause.start, sentence)
    return clauses


def stand_in_text(sparql: str, clauses: Sequence[Clause]) -> str:
    """Return a query of the same length in which each clause is a GRAPH pattern.

    It parses if and only if the original does, and error positions apply to the original.
    """
    heads = ["GRAPH" + _blank(sparql[clause.start + len("GRAPH") : clause.iri_start]) for clause in clauses]
    return _joined(sparql, [clause.start for clause in clauses], [clause.iri_start for clause in clauses], heads)


def scope_text(sparql: str, clause: Clause) -> str:
    """Return a query whose columns are the variables in scope in the clause; positions are those of the original."""
    start = query_start(sparql)
    head = sparql[:start] + _blank(sparql[start : clause.start])
    between = _blank(sparql[clause.start + len("SELECT*") : clause.body_start])
    return f"{head}SELECT*{between}{sparql[clause.body_start : clause.end]} LIMIT 0"


def asked_text(sparql: str, clause: Clause, columns: Sequence[str]) -> str:
    """Return the query for the endpoint: the given variables of the group, with the declarations of the query.

    They are listed, because stores differ in the order of ``*``; if there are none, only the number of rows matters.
    """
    wanted = " ".join(f"?{name}" for name in columns) or "*"
    return f"{sparql[: query_start(sparql)]}SELECT {wanted} WHERE {sparql[clause.body_start : clause.end]}"


def filled_text(sparql: str, clauses: Sequence[Clause], values: Sequence[str]) -> str:
    """Return the query with each clause replaced by its VALUES; line numbers of the rest do not change."""
    texts = []
    for clause, text in zip(clauses, values, strict=True):
        _, *lines = sparql[clause.start : clause.end].split("\n")
        below = "\n" * len(lines) + " " * len(lines[-1]) if lines else ""
        texts.append(f" {text} {below}")
    return _joined(sparql, [clause.start for clause in clauses], [clause.end for clause in clauses], texts)


class _Reader:
    """Scans the tokens of a query once, tracking open brackets and the current clause."""

    def __init__(self, sparql: str) -> None:
        self._sparql = sparql
        #: Each open bracket, with EXISTS or LATERAL if it is inside one.
        self._open: list[tuple[str, str]] = [("", "")]
        self._clause: Clause | None = None
        self._depth = 0

    def clauses(self) -> Iterator[Clause]:
        reading = tokens(self._sparql)
        before = ""
        for token in reading:
            text, word = token.text, token.keyword
            if self._clause:
                self._clause.words.add(word or text)
            if word == "SERVICE":
                self._begin(token.start, reading)
            elif token.kind == "iri":
                self._refuse_doubtful(token.start, text)
            elif text in PAIRS.values():
                self._open.append((text, self._open[-1][1] or (before if before in _PER_ROW else "")))
            elif text in PAIRS:
                self._close(text)
                if self._clause and text == "}" and len(self._open) < self._depth:
                    self._clause.end = token.start + 1
                    yield self._clause
                    self._clause = None
            before = word
        if self._clause:
            line, column = position(self._sparql, self._clause.body_start)
            sentence = f"Line {line}, column {column}: this '{{' is never closed."
            raise QueryError(sentence, line, column)

    def _begin(self, start: int, reading: Iterator[Token]) -> None:
        around = self._open[-1][1]
        if self._clause:
            raise _refused(self._sparql, start, "a SERVICE clause may not be nested in another one.")
        if around == "LATERAL":
            raise _refused(self._sparql, start, "a SERVICE clause may not be inside LATERAL.")
        nothing = Token("mark", len(self._sparql), "")
        address = next(reading, nothing)
        if is_silent := address.keyword == "SILENT":
            address = next(reading, nothing)
        if address.kind != "iri":
            raise _refused(self._sparql, start, "the address after SERVICE must be written in full, as in <https://…>.")
        group = next(reading, nothing)
        if group.text != "{":
            raise _refused(self._sparql, start, "SERVICE and its address must be followed by a group in '{ }'.")
        self._open.append(("{", around))
        self._depth = len(self._open)
        self._clause = Clause(start, address.start, address.text[1:-1], group.start, is_silent, bool(around))

    def _close(self, mark: str) -> None:
        while len(self._open) > 1 and (last := self._open.pop()[0]) != PAIRS[mark]:
            if mark != "}":  # a lone ) or ] closes nothing, and must not close a group
                self._open.append((last, self._open[-1][1]))
                return

    def _refuse_doubtful(self, start: int, text: str) -> None:
        """Raise ServiceRefused for `<…>` in an expression that may be a comparison followed by a comment or string."""
        if self._open[-1][0] == "(" and set(text) & set("#'()") and not _PLAIN_IRI.match(text):
            raise _refused(
                self._sparql, start, f"in a query with SERVICE, {text} is ambiguous; declare a prefix for it."
            )


def _refuse_inner(sparql: str, clause: Clause) -> None:
    """Raise ServiceRefused for a clause that, in any reading, would make its endpoint call another one."""
    try:
        refuse_service(sparql[clause.body_start : clause.end])
    except ServiceRefused:
        sentence = "a SERVICE clause may not contain another one, even in a string or a comment."
        raise _refused(sparql, clause.start, sentence) from None


def _refused(sparql: str, place: int, reason: str) -> ServiceRefused:
    return ServiceRefused(*position(sparql, place), reason)


def _blank(text: str) -> str:
    """Return white space of the same length, with the same line breaks."""
    return re.sub(r"[^\r\n]", " ", text)


def _joined(sparql: str, starts: Sequence[int], ends: Sequence[int], texts: Sequence[str]) -> str:
    pieces, last = [], 0
    for start, end, text in zip(starts, ends, texts, strict=True):
        pieces += [sparql[last:start], text]
        last = end
    return "".join([*pieces, sparql[last:]])

r"""Finds the SERVICE clauses of a query, and writes the texts that come of them.

The text is read as tokens, in time that grows with its length. Where SPARQL can be read in two ways (an escape that may
spell a quote or a brace, a `<` that may open an IRI or compare) the query is refused. What is found here is checked
again by others: the engine's parser gets each text before anything is sent, and `refuse_service` sees what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.errors import QueryError, ServiceRefused
from ecp_graph.sparql.guard import query_start, refuse_service

__all__ = ["MOST_CLAUSES", "Clause", "asked_text", "filled_text", "find_clauses", "scope_text", "stand_in_text"]

#: Clauses that a query may have: each is a request to another machine.
MOST_CLAUSES: Final = 8

_TOKEN: Final = re.compile(
    r"""(?P<space>\s++|\#[^\r\n]*+)
      | (?P<iri><[^<>"{}|^`\\\s]*+>)
      | (?P<string>\"{3}(?>[^"\\]|\\.|"(?!""))*+(?:\"{3})?+ | '{3}(?>[^'\\]|\\.|'(?!''))*+(?:'{3})?+
                 | "(?>[^"\\\r\n]|\\.)*+"?+ | '(?>[^'\\\r\n]|\\.)*+'?+)
      | (?P<variable>[?$]\w++) | @[A-Za-z]++(?:-\w++)*+
      | (?P<name>(?:[^\W\d][\w\-]*+(?:\.[\w\-]++)*+)?+:(?>[\w.\-:%]|\\.)*+)
      | (?P<run>[^\W\d][\w\-]*+(?:\.[\w\-]++)*+)
      | (?P<mark>[{}()\[\]]) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD: Final = re.compile(r"\w+")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
#: Below it lie all characters that have a meaning in the grammar.
_FIRST_HARMLESS: Final = 0xA0
_PLAIN_IRI: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_PER_ROW: Final = frozenset({"EXISTS", "LATERAL"})
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
#: What makes a group more than triples. Where the clause is asked anew for each row around it, only triples are the
#: same query whether the row is put in before or joined after.
_MORE_THAN_TRIPLES: Final = frozenset(
    {"BIND", "EXISTS", "FILTER", "GRAPH", "LATERAL", "MINUS", "OPTIONAL", "SELECT", "UNION", "VALUES"}
)


@dataclass
class Clause:
    """One clause: where it and its group stand in the text, what it names, and whether it is SILENT."""

    start: int
    iri_start: int
    iri: str
    body_start: int
    is_silent: bool = False
    #: Whether it stands inside EXISTS, whose group is asked anew for each row around it.
    is_per_row: bool = False
    end: int = 0
    words: set[str] = field(default_factory=set)


def find_clauses(sparql: str) -> list[Clause]:
    """Return the SERVICE clauses of a query in their order; none when it has none.

    Raises ServiceRefused for one without a constant address, inside another, or that can be read in two ways, and
    QueryError for one that is never closed.
    """
    clauses = list(_Reader(sparql).clauses())
    if not clauses:
        return []
    for escape in _ESCAPE.finditer(sparql):
        if int(escape[1] or escape[2], 16) < _FIRST_HARMLESS:
            raise _refused(sparql, escape.start(), f"beside SERVICE, write the character itself, not {escape.group()}.")
    if len(clauses) > MOST_CLAUSES:
        raise _refused(sparql, clauses[MOST_CLAUSES].start, f"a query may have {MOST_CLAUSES} SERVICE clauses.")
    for clause in clauses:
        _refuse_inner(sparql, clause)
        if clause.is_per_row and clause.words & (_MORE_THAN_TRIPLES | {"*", "?", "{"}):
            sentence = "inside EXISTS, a SERVICE clause may hold triples alone, without paths of any length."
            raise _refused(sparql, clause.start, sentence)
    return clauses


def stand_in_text(sparql: str, clauses: Sequence[Clause]) -> str:
    """Return a text of the same length in which each clause asks a graph of this store.

    It parses if and only if the query does, and what a parser says of a place holds for the query.
    """
    heads = ["GRAPH" + _blank(sparql[clause.start + len("GRAPH") : clause.iri_start]) for clause in clauses]
    return _joined(sparql, [clause.start for clause in clauses], [clause.iri_start for clause in clauses], heads)


def scope_text(sparql: str, clause: Clause) -> str:
    """Return a query whose columns are the variables in scope in the clause; its places are those of the query."""
    start = query_start(sparql)
    head = sparql[:start] + _blank(sparql[start : clause.start])
    between = _blank(sparql[clause.start + len("SELECT*") : clause.body_start])
    return f"{head}SELECT*{between}{sparql[clause.body_start : clause.end]} LIMIT 0"


def asked_text(sparql: str, clause: Clause, columns: Sequence[str]) -> str:
    """Return what the endpoint is asked: those variables of the group, under the declarations of the query.

    They are named, because stores differ in what ``*`` gives them; without any, only the number of rows counts.
    """
    wanted = " ".join(f"?{name}" for name in columns) or "*"
    return f"{sparql[: query_start(sparql)]}SELECT {wanted} WHERE {sparql[clause.body_start : clause.end]}"


def filled_text(sparql: str, clauses: Sequence[Clause], values: Sequence[str]) -> str:
    """Return the query with each clause replaced; the lines of all else stay as they are."""
    texts = []
    for clause, text in zip(clauses, values, strict=True):
        _, *lines = sparql[clause.start : clause.end].split("\n")
        below = "\n" * len(lines) + " " * len(lines[-1]) if lines else ""
        texts.append(f" {text} {below}")
    return _joined(sparql, [clause.start for clause in clauses], [clause.end for clause in clauses], texts)


class _Reader:
    """Goes through the tokens of a query once, with the brackets that are open and the clause that it is in."""

    def __init__(self, sparql: str) -> None:
        self._sparql = sparql
        #: Each open bracket, and EXISTS or LATERAL where it is inside one, so that it is asked anew for each row.
        self._open: list[tuple[str, str]] = [("", "")]
        self._clause: Clause | None = None
        self._depth = 0

    def clauses(self) -> Iterator[Clause]:
        tokens = _tokens(self._sparql)
        before = ""
        for kind, start, text in tokens:
            word = text.upper() if kind == "word" and text.isascii() else ""
            if self._clause:
                self._clause.words.add(word or text)
            if word == "SERVICE":
                self._begin(start, tokens)
            elif kind == "iri":
                self._refuse_doubtful(start, text)
            elif kind == "mark" and text in "{([":
                self._open.append((text, self._open[-1][1] or (before if before in _PER_ROW else "")))
            elif kind == "mark":
                self._close(text)
                if self._clause and text == "}" and len(self._open) < self._depth:
                    self._clause.end = start + 1
                    yield self._clause
                    self._clause = None
            before = word
        if self._clause:
            line, column = _position(self._sparql, self._clause.body_start)
            sentence = f"Line {line}, column {column}: the '{{' that stands here is never closed."
            raise QueryError(sentence, line, column)

    def _begin(self, start: int, tokens: Iterator[tuple[str, int, str]]) -> None:
        around = self._open[-1][1]
        if self._clause:
            raise _refused(self._sparql, start, "a SERVICE clause inside another one is not asked.")
        if around == "LATERAL":
            raise _refused(self._sparql, start, "a SERVICE clause inside LATERAL is not asked.")
        kind, place, text = next(tokens, ("", start, ""))
        is_silent = kind == "word" and text.isascii() and text.upper() == "SILENT"
        if is_silent:
            kind, place, text = next(tokens, ("", start, ""))
        if kind != "iri":
            raise _refused(self._sparql, start, "the address behind SERVICE has to be written out, as in <https://…>.")
        mark, body_start, opening = next(tokens, ("", place, ""))
        if (mark, opening) != ("mark", "{"):
            raise _refused(self._sparql, start, "behind SERVICE and its address a group begins with '{'.")
        self._open.append(("{", around))
        self._depth = len(self._open)
        self._clause = Clause(start, place, text[1:-1], body_start, is_silent, bool(around))

    def _close(self, mark: str) -> None:
        while len(self._open) > 1 and (last := self._open.pop()[0]) != _PAIRS[mark]:
            if mark != "}":  # a lone ) or ] closes nothing, and must not close a group
                self._open.append((last, self._open[-1][1]))
                return

    def _refuse_doubtful(self, start: int, text: str) -> None:
        """Raise ServiceRefused for `<…>` in an expression that may be a comparison with a comment or a string in it."""
        if self._open[-1][0] == "(" and set(text) & set("#'()") and not _PLAIN_IRI.match(text):
            raise _refused(self._sparql, start, f"beside SERVICE, {text} can be read in two ways; declare a prefix.")


def _tokens(sparql: str) -> Iterator[tuple[str, int, str]]:
    """Yield kind, place and text of each token; a run of words with dots between them as its words."""
    for found in _TOKEN.finditer(sparql):
        kind = found.lastgroup or ""
        if kind == "run":
            yield from (("word", found.start() + word.start(), word.group()) for word in _WORD.finditer(found.group()))
        elif kind != "space":
            yield kind, found.start(), found.group()


def _refuse_inner(sparql: str, clause: Clause) -> None:
    """Raise ServiceRefused for a clause that, read in whatever way, would make its endpoint call another one."""
    try:
        refuse_service(sparql[clause.body_start : clause.end])
    except ServiceRefused:
        sentence = "a SERVICE clause inside another one is not asked, nor one that spells another one."
        raise _refused(sparql, clause.start, sentence) from None


def _refused(sparql: str, place: int, reason: str) -> ServiceRefused:
    return ServiceRefused(*_position(sparql, place), reason)


def _position(sparql: str, place: int) -> tuple[int, int]:
    """Return line and column, counted from 1."""
    return sparql.count("\n", 0, place) + 1, place - sparql.rfind("\n", 0, place)


def _blank(text: str) -> str:
    """Return white space that fills the same place, with the same line breaks."""
    return re.sub(r"[^\r\n]", " ", text)


def _joined(sparql: str, starts: Sequence[int], ends: Sequence[int], texts: Sequence[str]) -> str:
    pieces, last = [], 0
    for start, end, text in zip(starts, ends, texts, strict=True):
        pieces += [sparql[last:start], text]
        last = end
    return "".join([*pieces, sparql[last:]])

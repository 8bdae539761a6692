"""The triple patterns and comparisons of a query, as they are written, read by the lexer in one pass.

This is no parser: what is nested in square brackets or in lists is passed over, and a text that is no SPARQL gives what
looks like patterns. It is enough to ask the graph about each pattern alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.sparql.text import PAIRS, Token, query_start, tokens

__all__ = ["Comparison", "Pattern", "Written", "comparisons", "joined_texts", "patterns"]

_TERMS: Final = frozenset({"variable", "iri", "name", "blank", "string", "number"})
#: Words with which something other than a triple begins, and those behind which braces hold no patterns.
_CLAUSES: Final = frozenset(
    {"BIND", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "SELECT", "SERVICE", "UNION", "VALUES", "WHERE", "FROM", "GROUP"}
    | {"ORDER", "HAVING", "LIMIT", "OFFSET", "CONSTRUCT", "DESCRIBE", "ASK", "EXISTS", "NOT"}
)
_NO_PATTERNS: Final = frozenset({"SERVICE", "VALUES", "CONSTRUCT"})
#: Behind these, terms up to the next brace or clause begin no triple.
_NO_SUBJECT: Final = _CLAUSES - {"WHERE", "OPTIONAL", "MINUS", "UNION", "EXISTS", "NOT"}
#: What joins the steps of a path, and what stands before a step and behind one.
_BETWEEN, _BEFORE, _BEHIND = frozenset("/|"), frozenset("^!"), frozenset("*+?")
_OPERATORS: Final = frozenset({"=", "<", ">", "!"})
_BOOLEANS: Final = frozenset({"TRUE", "FALSE"})


@dataclass(frozen=True)
class Written:
    """A term or path as it is written, where it starts, and its kind as the lexer has it (``path`` for a path)."""

    text: str
    start: int
    kind: str

    @property
    def is_variable(self) -> bool:
        """Whether it stands for anything."""
        return self.kind in {"variable", "blank"}


@dataclass(frozen=True)
class Pattern:
    """A triple pattern as it is written."""

    subject: Written
    verb: Written
    object: Written

    @property
    def text(self) -> str:
        """The pattern as a text of SPARQL."""
        return f"{self.subject.text} {self.verb.text} {self.object.text}"

    @property
    def variables(self) -> set[str]:
        """The variables of the pattern, without their mark."""
        return {part.text[1:] for part in (self.subject, self.verb, self.object) if part.kind == "variable"}


@dataclass(frozen=True)
class Comparison:
    """A variable that is compared with a literal."""

    variable: Written
    literal: Written


def patterns(sparql: str) -> list[Pattern]:
    """Return the triple patterns of a query in their order, each once."""
    reader = _Reader()
    for term in _joined(sparql):
        reader.read(term)
    return list(dict.fromkeys(reader.found))


def comparisons(sparql: str) -> list[Comparison]:
    """Return where a variable is compared with a literal by = != < > <= >=."""
    found = []
    written = _joined(sparql)
    for at, term in enumerate(written):
        if term.text not in _OPERATORS or not at:
            continue
        end = at + 1
        while end < len(written) and written[end].text in _OPERATORS:
            end += 1
        sides = (written[at - 1], written[end]) if end < len(written) else ()
        for one, other in (sides, sides[::-1]) if sides else ():
            if one.kind == "variable" and other.kind in {"string", "number"}:
                found.append(Comparison(one, other))
    return found


def joined_texts(sparql: str) -> list[Written]:
    """Return the variables that GROUP_CONCAT joins as they are."""
    written = _joined(sparql)
    found = []
    for at, term in enumerate(written):
        if term.text.upper() == "GROUP_CONCAT":
            behind = [each for each in written[at + 1 : at + 4] if each.text.upper() not in {"(", "DISTINCT"}]
            found += [each for each in behind[:1] if each.kind == "variable"]
    return found


def _joined(sparql: str) -> list[Written]:
    """Return the tokens behind the prologue, each literal with its language or datatype as one."""
    found: list[Written] = []
    pieces: Sequence[Token] = list(tokens(sparql, query_start(sparql)))
    at = 0
    while at < len(pieces):
        token = pieces[at]
        end = at + 1
        if token.kind == "string" and end < len(pieces):
            if pieces[end].kind == "language":
                end += 1
            elif [piece.text for piece in pieces[end : end + 2]] == ["^", "^"]:
                end = min(end + 3, len(pieces))
        last = pieces[end - 1]
        found.append(Written(sparql[token.start : last.start + len(last.text)], token.start, token.kind))
        at = end
    return found


@dataclass
class _Reader:
    """Reads terms one by one and keeps the patterns that they make."""

    found: list[Pattern] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    brackets: int = 0
    clause: str = ""
    subject: Written | None = None
    verb: list[Written] = field(default_factory=list)
    is_object: bool = False

    def read(self, term: Written) -> None:
        """Take in one term, mark or word."""
        word = term.text.upper() if term.kind == "word" else ""
        if term.text == "{" and not self.brackets:
            self._end()
            self.groups.append(self.clause)
            self.clause = ""
        elif term.text == "}" and not self.brackets:
            self._end()
            if self.groups:
                self.groups.pop()
        elif term.text in PAIRS.values() and not (term.text == "(" and self._in_verb()):
            self.brackets += 1
        elif term.text in PAIRS and not (term.text == ")" and self._in_verb() and not self.brackets):
            self.brackets = max(0, self.brackets - 1)
        elif self.brackets or not self.groups or any(group in _NO_PATTERNS for group in self.groups):
            self.clause = word if word in _CLAUSES else self.clause
        elif word in _CLAUSES:
            self._end()
            self.clause = word
        else:
            self._read_part(term)

    def _in_verb(self) -> bool:
        return self.subject is not None and not self.is_object and not self.brackets

    def _read_part(self, term: Written) -> None:
        if term.text == ".":
            self._end()
        elif term.text == ";":
            self.verb, self.is_object = [], False
        elif term.text == ",":
            self.is_object = bool(self.verb)
        elif self.subject is None:
            if self.clause in _NO_SUBJECT:
                return
            self.subject = term if _is_term(term) else None
        elif not self.is_object and self._continues_verb(term):
            self.verb.append(term)
        elif self.verb and _is_term(term):
            self.found.append(Pattern(self.subject, _path(self.verb), term))
            self.is_object = True

    def _continues_verb(self, term: Written) -> bool:
        if not self.verb:
            return True
        last = self.verb[-1].text
        return term.text in _BETWEEN | _BEHIND | {"(", ")"} or last in _BETWEEN | _BEFORE | {"("}

    def _end(self) -> None:
        self.subject, self.verb, self.is_object = None, [], False
        if self.clause not in _NO_PATTERNS | {"GRAPH"}:
            self.clause = ""


def _is_term(term: Written) -> bool:
    return term.kind in _TERMS or (term.kind == "word" and term.text.upper() in _BOOLEANS)


def _path(parts: list[Written]) -> Written:
    if len(parts) == 1:
        return parts[0]
    return Written("".join(part.text for part in parts), parts[0].start, "path")

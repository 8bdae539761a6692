"""What can be said of a query before an engine sees it: its form, and whether it asks for something that is
refused.

This is the policy. It reads the text, so it must never be fooled by comments, strings or `\\u` escapes: where
two readings are possible it refuses.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from ecp_graph.engine.formats import Kind
from ecp_graph.errors import QueryTooComplex, ServiceRefused, UpdateRefused
from ecp_graph.sparql.text import first_keyword, marks, position, unescape

__all__ = [
    "QUERY_FORMS",
    "UPDATE_FORMS",
    "has_service",
    "may_name_graphs",
    "query_kind",
    "refuse_excess",
    "refuse_service",
]

QUERY_FORMS: Final[dict[str, Kind]] = {
    "SELECT": "table",
    "ASK": "table",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
UPDATE_FORMS: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"},
)

# These patterns stand in for the lexer where no keyword may be missed: what is a string, a comment or an IRI in one
# reading may be none in another.
#: What may stand in one piece with a keyword: Oxigraph's parser lets `1SERVICE` and `SERVICESILENT<…>` pass.
_RUN: Final = re.compile(r"(?>[^\s{}<>#\\]|\\[^\s{}<>]|\\)++")
_IRI: Final = re.compile(r"<[^<>]*+>")
#: Variables and the local parts of names, which may spell a keyword.
_NAMES: Final = re.compile(r"[?$]\w++|:(?>[\w.\-:%]|\\.)*+")
#: IRIs, variables and names, in which a keyword is none. What a smaller-than begins, or a bracket in a string or a
#: comment, is taken for an IRI at most up to the round bracket, the quote or the end of the line that ends it.
_TERMS: Final = re.compile(r"<[^<>\"'(){}|^`\\\s]*+>|[?$]\w++|:(?:[\w:%][\w.\-:%]*+)?+")
_GRAPH_KEYWORDS: Final = ("GRAPH", "FROM")
_BLANK_LINE: Final = re.compile(r"[^\S\n]*+(?:#[^\n]*+)?+(?=\n|\Z)")
_BLANK: Final = re.compile(r"[^\S\n]*+")
#: What planning costs most: depth of nesting, triple patterns joined in one group, and rows of VALUES.
_MAX_DEPTH: Final = 64
_MAX_PATTERNS: Final = 100
_MAX_VALUES: Final = 10_000


def query_kind(sparql: str) -> Kind | None:
    """Return whether a query answers with a table or a graph; None when the text does not begin as a query.

    Raises UpdateRefused for an update: a release is read-only.
    """
    keyword = first_keyword(sparql)
    if keyword is not None and keyword in UPDATE_FORMS:
        raise UpdateRefused(keyword)
    return QUERY_FORMS.get(keyword) if keyword else None


def refuse_service(sparql: str) -> None:
    """Raise ServiceRefused when a query has a SERVICE clause, which would make this machine call another one.

    A string that spells a whole SERVICE clause is refused as well.
    """
    for text in dict.fromkeys((sparql, unescape(sparql))) if "\\" in sparql else (sparql,):
        if (start := _find_service(text)) is not None:
            raise ServiceRefused(*position(text, start))


def has_service(sparql: str) -> bool:
    """Return whether a query has what `refuse_service` refuses."""
    try:
        refuse_service(sparql)
    except ServiceRefused:
        return True
    return False


def may_name_graphs(sparql: str) -> bool:
    """Return False only for a query without GRAPH and without FROM, which asks the default graph alone."""
    if "\\" in sparql:  # an escape may spell anything
        return True
    shown = sparql.upper()
    if not any(keyword in shown for keyword in _GRAPH_KEYWORDS):
        return False
    bare = _TERMS.sub(" ", sparql).upper()
    return any(keyword in bare for keyword in _GRAPH_KEYWORDS)


def refuse_excess(sparql: str) -> None:
    """Raise QueryTooComplex for a query whose planning alone could take longer than its time limit.

    One pass over the text. Counts what separates patterns, not patterns, so it may be off by a few; the worker's limits
    hold for whatever passes.
    """
    depth, separators = 0, [0]
    for mark in marks(sparql):
        if mark in {"{", "(", "["}:
            depth += 1
            separators.append(0)
            if depth > _MAX_DEPTH:
                raise QueryTooComplex(f"The query is nested deeper than {_MAX_DEPTH} levels; flatten it.")
        elif mark in {"}", ")", "]"}:
            depth -= 1
            if len(separators) > 1:
                separators.pop()
        elif mark and separators[-1] < _MAX_VALUES:
            separators[-1] += 1
            if mark != "," and separators[-1] > _MAX_PATTERNS:
                raise QueryTooComplex(
                    f"A group of the query joins more than {_MAX_PATTERNS} patterns; split it into several queries."
                )
        elif mark:
            raise QueryTooComplex(f"A list of the query has more than {_MAX_VALUES} values; ask in several queries.")


def _find_service(text: str) -> int | None:
    """Return where a SERVICE clause begins: the keyword, perhaps SILENT, one term, and an opening brace.

    Looks at every place where the word stands, whatever stands around it, so that no string or comment hides one; and
    in time that grows with the text alone, because it runs in the server.
    """
    if "SERVICE" not in text.upper():  # as nearly always
        return None
    space: _Space | None = None
    for found in _RUN.finditer(text):
        run = found.group().upper()
        if "SERVICE" not in run:
            continue
        bare = _NAMES.sub(" ", run)
        if "SERVICE" not in bare:
            continue
        space = space or _Space(text)
        end = space.after(found.end())
        is_bare = bare.endswith(("SERVICE", "SERVICESILENT"))
        if text.startswith("{", end) and not bare.endswith("SERVICE"):
            return found.start() + run.index("SERVICE")
        if is_bare and text.startswith("{", space.after(_end_of_term(text, end, space))):
            return found.start() + run.index("SERVICE")
    return None


def _end_of_term(text: str, start: int, space: _Space) -> int:
    """Return the end of the term that stands there, behind SILENT if that stands before it."""
    term = _IRI.match(text, start) or _RUN.match(text, start)
    if term is not None and term.group().upper() == "SILENT":
        start = space.after(term.end())
        term = _IRI.match(text, start) or _RUN.match(text, start) or term
    return term.end() if term else len(text)


class _Space:
    """Where white space and comments end, each line of which is read once however often that is asked."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r", "\n")
        self._starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        self._ends = [len(text)] * (len(self._starts) + 1)
        for line in range(len(self._starts) - 1, -1, -1):
            start = self._starts[line]
            if not _BLANK_LINE.match(self._text, start):
                found = _BLANK.match(self._text, start)
                self._ends[line] = found.end() if found else start
            else:
                self._ends[line] = self._ends[line + 1]

    def after(self, start: int) -> int:
        """Return the first place from there that is neither white space nor in a comment."""
        found = _BLANK.match(self._text, start)
        end = found.end() if found else start
        if end == len(self._text) or self._text[end] in "\n#":
            return self._ends[bisect_right(self._starts, end)]
        return end

"""What can be said of a query before an engine sees it: its form, and whether it asks for something that is
refused.

This is the policy. It reads the text, so it must never be fooled by comments, strings or `\\u` escapes: where
two readings are possible it refuses.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from ecp_graph.errors import QueryTooComplex, ServiceRefused, UpdateRefused
from ecp_graph.sparql.formats import Kind
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
_BLANK: Final = re.compile(r"[^\S\n]*+")
#: What planning costs most: depth of nesting, triple patterns joined in one group, and rows of VALUES.
_MAX_DEPTH: Final = 64
_MAX_PATTERNS: Final = 100
_MAX_VALUES: Final = 10_000


def query_kind(sparql: str) -> Kind | None:
    """Return whether the result of a query is a table or a graph; None if the text does not begin like a query.

    Raises UpdateRefused for an update: a release is read-only.
    """
    keyword = first_keyword(sparql)
    if keyword is not None and keyword in UPDATE_FORMS:
        raise UpdateRefused(keyword)
    return QUERY_FORMS.get(keyword) if keyword else None


def refuse_service(sparql: str) -> None:
    """Raise ServiceRefused if a query has a SERVICE clause, which would make this server call another one.

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
    """Raise QueryTooComplex for a query whose planning alone could exceed its time limit.

    One pass over the text. Counts what separates patterns, not patterns, so it may be off by a few; the worker's limits
    hold for whatever passes.
    """
    depth, separators = 0, [0]
    for mark in marks(sparql):
        if mark in {"{", "(", "["}:
            depth += 1
            separators.append(0)
            if depth > _MAX_DEPTH:
                raise QueryTooComplex(f"The query is nested more than {_MAX_DEPTH} levels deep; flatten it.")
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
            raise QueryTooComplex(
                f"A list in the query has more than {_MAX_VALUES} values; split it into several queries."
            )


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
        if "SERVICE" not in run or "SERVICE" not in (bare := _NAMES.sub(" ", run)):
            continue
        space = space or _Space(text)
        end = space.after(found.end())
        places = [] if bare.endswith("SERVICE") else [end]
        if bare.endswith(("SERVICE", "SERVICESILENT")):
            places.append(space.after_term(end))
            silent = end + len("SILENT")
            if text[end:silent].upper() == "SILENT" and not _RUN.match(text, silent, silent + 1):
                places.append(space.after_term(places[-1]))
        if any(text.startswith("{", place) for place in places):
            return found.start() + run.index("SERVICE")
    return None


class _Space:
    """Where white space, comments and terms end: each line and term is read once, however often that is asked."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r", "\n")
        lines = self._text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
        self._ends = [len(text)]
        for start, line in zip(reversed(self._starts), reversed(lines), strict=True):
            code = line.lstrip()
            self._ends.append(start + len(line) - len(code) if code and code[0] != "#" else self._ends[-1])
        self._ends.reverse()
        self._after_terms: dict[int, int] = {}

    def after(self, start: int) -> int:
        """Return the first place from there that is neither white space nor in a comment."""
        found = _BLANK.match(self._text, start)
        end = found.end() if found else start
        if end == len(self._text) or self._text[end] in "\n#":
            return self._ends[bisect_right(self._starts, end)]
        return end

    def after_term(self, start: int) -> int:
        """Return the same for behind the term that stands there; the end of the text if none does."""
        if start not in self._after_terms:
            term = _IRI.match(self._text, start) or _RUN.match(self._text, start)
            self._after_terms[start] = self.after(term.end()) if term else len(self._text)
        return self._after_terms[start]

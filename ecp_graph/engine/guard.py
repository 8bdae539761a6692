"""What can be said of a query before an engine sees it: its form, and whether it asks for something that is
refused.

This is the policy. It reads the text, so it must never be fooled by comments, strings or `\\u` escapes: where
two readings are possible it refuses.
"""

from __future__ import annotations

import re
from typing import Final

from ecp_graph.engine.formats import Kind
from ecp_graph.errors import QueryTooComplex, ServiceRefused, UpdateRefused

__all__ = [
    "QUERY_FORMS",
    "UPDATE_FORMS",
    "first_keyword",
    "query_kind",
    "query_start",
    "refuse_excess",
    "refuse_service",
    "skip_space",
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

_SPACE: Final = re.compile(r"(?>\s|#[^\r\n]*+)*+")
_PROLOGUE: Final = re.compile(
    r"(?>BASE(?>\s|#[^\r\n]*+)*+<[^<>]*+>"
    r"|PREFIX(?>\s|#[^\r\n]*+)*+[^\s:<>]*+:(?>\s|#[^\r\n]*+)*+<[^<>]*+>"
    r"|VERSION(?>\s|#[^\r\n]*+)*+(?:\"[^\"]*+\"|'[^']*+'))",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[A-Za-z]+")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

# SERVICE, perhaps SILENT, one term, and an opening brace; keywords may touch what stands before and behind
# them, because Oxigraph's parser lets `1SERVICE` and `SERVICESILENT<…>` pass.
_SERVICE: Final = re.compile(
    r"SERVICE(?>\s|#[^\r\n]*+)*+(?:SILENT(?>\s|#[^\r\n]*+)*+)?"
    r"(?:<[^<>]*+>|(?>[^\s{}<>#\\]|\\.)++)(?>\s|#[^\r\n]*+)*+\{",
    re.IGNORECASE,
)
#: What planning costs most: depth of nesting, triple patterns joined in one group, and rows of VALUES.
_MAX_DEPTH: Final = 64
_MAX_PATTERNS: Final = 100
_MAX_VALUES: Final = 10_000
_LEXEME: Final = re.compile(
    r"#[^\r\n]*+|<[^<>\"{}|^`\\\s]*+>|\"\"\"(?>[^\"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?>[^'\\]|\\.|'(?!''))*+'''"
    r"|\"(?>[^\"\\\r\n]|\\.)*+\"|'(?>[^'\\\r\n]|\\.)*+'|(?P<mark>[{}()\[\].;,])",
    re.DOTALL,
)
_PART_OF_A_NAME: Final = re.compile(r"(?:[?$]\w*|:(?:[\w.\-:%]|\\.)*)\Z")


def first_keyword(sparql: str) -> str | None:
    """Return the word, in capitals, that follows the prologue of a query or update; None if there is none."""
    word = _WORD.match(sparql, query_start(sparql))
    return word.group().upper() if word else None


def query_start(sparql: str) -> int:
    """Return where the prologue ends: the place of the keyword, or of whatever stands there instead."""
    position = skip_space(sparql, 0)
    while prologue := _PROLOGUE.match(sparql, position):
        position = skip_space(sparql, prologue.end())
    return position


def skip_space(sparql: str, position: int) -> int:
    """Return the place behind the white space and comments that stand at a place."""
    space = _SPACE.match(sparql, position)
    return space.end() if space else position


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
    for text in dict.fromkeys((sparql, _unescape(sparql))):
        for found in _SERVICE.finditer(text):
            if not _PART_OF_A_NAME.search(text, max(0, found.start() - 200), found.start()):
                line = text.count("\n", 0, found.start()) + 1
                column = found.start() - text.rfind("\n", 0, found.start())
                raise ServiceRefused(line, column)


def refuse_excess(sparql: str) -> None:
    """Raise QueryTooComplex for a query whose planning alone could take longer than its time limit.

    One pass over the text. Counts what separates patterns, not patterns, so it may be off by a few; the worker's limits
    hold for whatever passes.
    """
    depth, separators = 0, [0]
    for found in _LEXEME.finditer(sparql):
        mark = found["mark"]
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


def _unescape(sparql: str) -> str:
    r"""Return the text with every \uXXXX and \UXXXXXXXX replaced (SPARQL 1.1, section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = int(found.group(1) or found.group(2), 16)
        return chr(code) if code < 0x110000 else found.group()

    return _ESCAPE.sub(character, sparql)

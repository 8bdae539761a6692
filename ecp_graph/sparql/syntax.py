"""Error messages for queries that do not parse: line, column, what was found and what was expected.

Oxigraph's parser reports the furthest position that any of its rules reached, which may be past the error by the length
of a keyword, and what those rules expected. So common errors are detected first (an unclosed bracket or string, an
undeclared prefix, an unknown first word), and the parser's report is used for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ecp_graph.errors import QueryError
from ecp_graph.sparql.guard import QUERY_FORMS
from ecp_graph.sparql.text import PAIRS, Token, declared_prefixes, first_keyword, position, query_start, tokens

__all__ = ["explain_syntax_error"]

_REPORT: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_ITEM: Final = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[^,\[\]"]+')
_KEYWORD: Final = re.compile(r"[A-Za-z]*[A-Z][A-Z_0-9]*$")
_WORDS_FOR: Final = {
    '"?"': "a variable",
    '"<"': "an IRI",
    '":"': "a prefixed name",
    '"\\""': "a string",
    '"("': "'('",
    '"{"': "'{'",
    '"}"': "'}'",
    '")"': "')'",
    '"."': "'.'",
    '";"': "';'",
    "['0'..='9']": "a number",
}
_CLAUSES: Final = {
    "Prefix not found": "a prefix is used that is not declared",
    "IRI parsing failed": "an IRI is not absolute, or contains a character that is not allowed in IRIs",
    "The SELECT contains a variable that is unbound": "SELECT names a variable that GROUP BY does not name",
    "Duplicated variable name in SELECT": "SELECT gives one name to two columns",
    "SELECT * is not authorized with GROUP BY": "SELECT * does not go with GROUP BY; name the columns",
}


def explain_syntax_error(report: str, sparql: str, prefixes: Mapping[str, str]) -> QueryError:
    """Return the error for a query that the engine refused; ``report`` is the engine's own message.

    Line and column count from 1 in the text as the user wrote it; ``prefixes`` are those predeclared.
    """
    return (
        _unbalanced(sparql) or _no_query(sparql) or _undeclared_prefix(sparql, prefixes) or _from_report(report, sparql)
    )


def _at(sparql: str, offset: int, sentence: str) -> QueryError:
    line, column = position(sparql, offset)
    return QueryError(f"Line {line}, column {column}: {sentence}", line, column)


def _unbalanced(sparql: str) -> QueryError | None:
    opened: list[Token] = []
    for token in tokens(sparql):
        if token.kind == "unclosed":
            return _at(sparql, token.start, "this string is never closed.")
        if token.text in PAIRS.values():
            opened.append(token)
        elif token.text in PAIRS:
            if not opened or opened[-1].text != PAIRS[token.text]:
                open_too = f"; '{opened[-1].text}' is still open" if opened else ""
                return _at(sparql, token.start, f"this '{token.text}' has no matching opening bracket{open_too}.")
            opened.pop()
    if opened:
        return _at(sparql, opened[-1].start, f"this '{opened[-1].text}' is never closed.")
    return None


def _no_query(sparql: str) -> QueryError | None:
    if first_keyword(sparql) in QUERY_FORMS:
        return None
    forms = "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE"
    start = query_start(sparql)
    first = next(tokens(sparql, start), None)
    if first is None:
        return QueryError(f"There is no query: {forms}.", 1, 1)
    shown = first.text if first.kind in {"word", "name"} else sparql[start:].strip()[:20]
    return _at(sparql, start, f"{forms}; this one begins with '{shown}'.")


def _undeclared_prefix(sparql: str, prefixes: Mapping[str, str]) -> QueryError | None:
    declared = declared_prefixes(sparql) | set(prefixes)
    for token in tokens(sparql, query_start(sparql)):
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in declared:
            return _at(sparql, token.start, f"the prefix '{prefix}:' is not declared. Add PREFIX {prefix}: <…>.")
    return None


def _from_report(report: str, sparql: str) -> QueryError:
    parsed = _REPORT.search(report)
    if parsed is None:
        return QueryError(f"The query does not parse: {report}")
    line, column = int(parsed[1]), int(parsed[2])
    items = [item for raw in _ITEM.findall(parsed[3].replace("\n", "")) if (item := raw.strip())]
    clause = next((item for item in items if _is_sentence(item)), None)
    expected = list(dict.fromkeys(_WORDS_FOR[item] for item in items if item in _WORDS_FOR))
    keywords = [item for item in items if _KEYWORD.match(item)]
    if not clause and not expected and keywords:
        # The parser read as many characters as the keyword has before it compared them.
        column = max(1, column - min(len(word) for word in keywords))
    offset = _offset(sparql, line, column)
    if clause:
        return _at(sparql, offset, f"{_CLAUSES.get(clause, clause)} (here or just before).")
    near = sparql[offset : offset + 24].split("\n")[0].strip()
    hope = f" Expected {_one_of(expected)}." if expected else _only_hope(keywords)
    place = f"the query does not parse near '{near}'." if near else "the query does not parse here or just before."
    return _at(sparql, offset, place + hope)


def _is_sentence(item: str) -> bool:
    return " " in item and item[0].isalpha()


def _only_hope(keywords: list[str]) -> str:
    return f" Expected {keywords[0]}." if len(keywords) == 1 and keywords[0] in {"BY", "AS", "UNDEF"} else ""


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _offset(sparql: str, line: int, column: int) -> int:
    starts = [0, *(found.end() for found in re.finditer("\n", sparql))]
    return min(starts[min(line, len(starts)) - 1] + column - 1, len(sparql))

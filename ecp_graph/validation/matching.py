"""REGEX and REPLACE of SPARQL as rdflib evaluates them, by Python's `re`, for queries that Oxigraph runs.

Oxigraph's own take no pattern that looks ahead, mean other characters by ``\\w``, and read ``$1id`` as a group of that
name. Spec: SPARQL 1.1, sections 17.4.3.14 and 17.4.3.15.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, TypeAlias, TypeVar

import pyoxigraph as ox

from ecp_graph.errors import SlowPattern
from ecp_graph.namespaces import PREFIXES
from ecp_graph.rdf.terms import OxTerm
from ecp_graph.sparql.text import Token
from ecp_graph.validation.slow_patterns import matched

__all__ = ["FUNCTIONS", "Matching", "has_flags"]

_Found = TypeVar("_Found")
_Function: TypeAlias = Callable[..., OxTerm | ox.Triple | None]

_REGEX: Final = ox.NamedNode("urn:ecp-graph:regex")
_REPLACE: Final = ox.NamedNode("urn:ecp-graph:replace")
#: What to write in a query for each of the two.
FUNCTIONS: Final = {"REGEX": str(_REGEX), "REPLACE": str(_REPLACE)}
#: Without flags, which rdflib takes for a number of replacements.
_ARGUMENTS: Final = {"REGEX": 2, "REPLACE": 3}
_TEXTS: Final = frozenset({PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"})
_GROUP: Final = re.compile(r"\$([0-9]*)")


class Matching:
    """The two functions, for one query.

    ``failed`` tells whether a pattern or a replacement was none, and ``slow`` which pattern was stopped; no more are
    matched then.
    """

    def __init__(self) -> None:
        self.failed = False
        self.slow: SlowPattern | None = None
        self.functions: dict[ox.NamedNode, _Function] = {_REGEX: self._regex, _REPLACE: self._replace}

    def _regex(self, text: OxTerm, pattern: OxTerm) -> ox.Literal | None:
        if not (_is_text(text) and _is_text(pattern)):
            return None
        found = self._matched(pattern.value, text.value, lambda: bool(re.search(pattern.value, text.value)))
        return None if found is None else ox.Literal(found)

    def _replace(self, text: OxTerm, pattern: OxTerm, replacement: OxTerm) -> ox.Literal | None:
        if not (_is_text(text) and _is_text(pattern) and _is_text(replacement)):
            return None
        template = _template(replacement.value)
        found = self._matched(pattern.value, text.value, lambda: re.sub(pattern.value, template, text.value))
        if found is None or not isinstance(text, ox.Literal):
            return None
        return ox.Literal(found, language=text.language)

    def _matched(self, pattern: str, text: str, match: Callable[[], _Found]) -> _Found | None:
        if self.slow:
            return None
        try:
            return matched(pattern, text, match)
        except (re.error, IndexError):
            self.failed = True
        except SlowPattern as slow:  # the engine would take it for an error of the expression
            self.slow = slow
        return None


def has_flags(parts: Sequence[Token]) -> bool:
    """Return whether a call of one of the two in a query has flags, or too few arguments."""
    calls = (place for place, part in enumerate(parts) if part.keyword in FUNCTIONS)
    return any(_arguments(parts[place + 1 :]) != _ARGUMENTS[parts[place].keyword] for place in calls)


def _arguments(call: Sequence[Token]) -> int:
    depth, commas = 0, 0
    for part in call:
        depth += (part.text == "(") - (part.text == ")")
        commas += depth == 1 and part.text == ","
        if depth == 0:
            break
    return commas + 1


def _is_text(term: OxTerm) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value in _TEXTS


@cache
def _template(replacement: str) -> str:
    return _GROUP.sub(r"\\\1", replacement)

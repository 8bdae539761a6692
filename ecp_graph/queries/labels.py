"""One name for each thing: where names are in several languages, a query takes those in the main one.

A pattern such as ``?body skos:prefLabel ?name`` has a row for each language of the name. In a release with names in
several languages each of them gets a filter: the name is in the main language, or the thing has none in it. What is
asked remains plain SPARQL, for any engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.sparql.text import Token, tokens

if TYPE_CHECKING:
    from ecp_graph.engine import Engine

__all__ = ["has_several_languages", "with_main_labels"]

_LABEL: Final = "skos:prefLabel"
#: Words with which something other than a triple begins.
_CLAUSES: Final = frozenset({"BIND", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "SELECT", "SERVICE", "UNION", "VALUES"})
#: Of these, the ones whose braces are left alone.
_LEFT_ALONE: Final = frozenset({"FILTER", "GRAPH", "SERVICE", "VALUES"})
_known: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def has_several_languages(engine: Engine) -> bool:
    """Return whether the description of the dataset tells more than one language of names; asked once for an engine."""
    if engine not in _known:
        language = f"<{names().dataset}> <{PREFIXES['dcterms']}language>"
        sparql = f"SELECT ?one WHERE {{ {language} ?one , ?other FILTER (STR(?one) < STR(?other)) }} LIMIT 1"
        _known[engine] = bool(ask_table(engine, sparql).rows)
    return _known[engine]


def with_main_labels(sparql: str, language: str) -> str:
    """Return a SELECT query with a filter for each name that it asks for with skos:prefLabel.

    Names inside GRAPH, SERVICE and FILTER are left alone: there the query asks what is stated, elsewhere, or at all.
    """
    found: list[str] = []
    groups: list[_Group] = []
    done = depth = 0
    last = ""
    for token in tokens(sparql):
        if token.text == "{":
            groups.append(_Group(not groups or (groups[-1].is_chosen and groups[-1].clause not in _LEFT_ALONE)))
        elif token.text == "}":
            filters = (_filter(*name, language) for name in groups.pop().names)
            found += [sparql[done : token.start], *filters]
            done = token.start
            if groups and not depth:
                groups[-1].end_statement()
        elif groups and groups[-1].is_chosen:
            depth += (token.text == "(") - (token.text == ")")
            groups[-1].read(token, sparql, depth, is_name=last == _LABEL)
        last = token.text
    return "".join([*found, sparql[done:]])


@dataclass
class _Group:
    """A group of patterns while it is read: subject, place of the verb, and the names that were asked for."""

    is_chosen: bool
    names: list[tuple[str, str, str]] = field(default_factory=list)
    clause: str = ""
    subject: str = ""
    verb: int = -1

    def end_statement(self) -> None:
        self.clause, self.subject, self.verb = "", "", -1

    def read(self, token: Token, sparql: str, depth: int, *, is_name: bool) -> None:
        """Take in one token, behind which so many brackets are open; ``is_name`` behind the verb of names."""
        if self.clause:
            if token.text == ")" and not depth and self.clause in {"BIND", "FILTER"}:
                self.end_statement()
        elif token.keyword in _CLAUSES:
            self.end_statement()
            self.clause = token.keyword
        elif token.text == ".":
            self.end_statement()
        elif token.text == ";":
            self.verb = -1
        elif not self.subject:
            self.subject = token.text
        elif self.verb < 0:
            self.verb = token.start
        elif is_name and token.kind == "variable" and not depth:
            self.names.append((self.subject, sparql[self.verb : token.start].strip(), token.text))


def _filter(subject: str, verb: str, name: str, language: str) -> str:
    own, wanted = f"{name}Main", f'LANGMATCHES(LANG({name}), "{language}")'
    none = f"NOT EXISTS {{ {subject} {verb} {own} . FILTER ({wanted.replace(name, own)}) }}"
    return f"FILTER ({wanted} || {none}) "

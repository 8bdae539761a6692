"""The triple patterns of a SPARQL constraint, each with the patterns that must hold where it is asked.

::

    SELECT $this ?value WHERE {
      $this ecp:inPlan ?plan . ?value ecp:inPlan ?plan        the outermost scope
      FILTER NOT EXISTS { ?value ecp:partOf ?above }          a scope below it: both patterns above hold there
    }

A variable of a scope is that of the scope above if a pattern there has it; otherwise it is another one, whatever its
name. So two scopes that both say ``?above`` do not speak of one node, and a chain of patterns from $this to another
pattern leads through none that may be absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rdflib import BNode, URIRef, Variable
from rdflib.paths import Path
from rdflib.term import Node

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

__all__ = ["THIS", "Name", "NotRead", "Pattern", "Scope", "scopes_of"]

THIS: Final = Variable("this")

#: A variable with the number of the scope to which it belongs; $this belongs to all.
Name: TypeAlias = tuple[int, Node]
#: Subject, path (an IRI, a path, or None for any property) and object.
Pattern: TypeAlias = tuple[Node, URIRef | Path | None, Node]

_WITH_ONE: Final = frozenset({"SelectQuery", "Project", "Distinct"})


class NotRead(Exception):
    """A query may ask for statements that its patterns do not tell."""


@dataclass(eq=False)
class Scope:
    """Patterns that hold together, below those of ``above``."""

    above: Scope | None
    number: int
    patterns: list[Pattern] = field(default_factory=list)

    def name(self, term: Node) -> Name | None:
        """Return which variable a term of the scope is, or None for a constant."""
        if not isinstance(term, Variable | BNode):
            return None
        if term == THIS:
            return (0, THIS)
        if self.above is not None and any(term in (subject, object_) for subject, _, object_ in self.above.patterns):
            return self.above.name(term)
        return (self.number, term)

    def line(self) -> Iterator[Scope]:
        """Yield the scope and those above it."""
        yield self
        if self.above is not None:
            yield from self.above.line()


def scopes_of(text: str, prefixes: Mapping[str, str]) -> list[Scope]:
    """Return the scopes of a query. Raises NotRead for a query of which that is not known."""
    # imported here: that takes long, and what shapes read is kept from one run to the next
    from pyparsing import ParseException
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(text), initNs=dict(prefixes)).algebra
    except (ParseException, RecursionError) as error:
        raise NotRead(str(error)) from error
    reader = _Reader()
    reader.read(algebra, reader.scope(None))
    used = {term for scope in reader.scopes for subject, _, object_ in scope.patterns for term in (subject, object_)}
    if used & set(reader.properties) or len(reader.properties) != len(set(reader.properties)):
        raise NotRead("a variable in the place of a property is used elsewhere")
    return reader.scopes


class _Reader:
    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self._count = 0
        self.properties: list[Node] = []

    def scope(self, above: Scope | None) -> Scope:
        self._count += 1
        self.scopes.append(Scope(above, self._count))
        return self.scopes[-1]

    def read(self, part: CompValue, scope: Scope, *, whole: bool = True) -> None:
        """Add a part of a query to a scope; ``whole`` tells that no pattern is joined to it there."""
        if part.name in _WITH_ONE:
            self.read(part.p, scope)
        elif part.name == "BGP":
            self._add(part.triples, scope)
        elif part.name == "Join":
            self.read(part.p1, scope, whole=False)
            self.read(part.p2, scope, whole=False)
        elif part.name == "Union":
            self.read(part.p1, self.scope(scope))
            self.read(part.p2, self.scope(scope))
        elif part.name in {"LeftJoin", "Filter", "Extend"}:
            self._read_tested(part, scope, whole)
        else:
            raise NotRead(f"{part.name} is not read")

    def _read_tested(self, part: CompValue, scope: Scope, whole: bool) -> None:
        """Read a part with an expression or an optional part: for both hold only the patterns inside it."""
        inner = scope if whole else self.scope(scope.above)
        self.read(part.p1 if part.name == "LeftJoin" else part.p, inner, whole=whole)
        tested = inner
        if part.name == "LeftJoin":
            tested = self.scope(inner)
            self.read(part.p2, tested)
        self._read_expression(part.expr, tested)
        if not whole:
            scope.patterns += inner.patterns
            if not any(other.above is inner for other in self.scopes):
                self.scopes.remove(inner)

    def _read_expression(self, expression: Any, scope: Scope) -> None:
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
        from rdflib.plugins.sparql.parserutils import CompValue

        if isinstance(expression, CompValue):
            if expression.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
                self.read(translateGroupGraphPattern(expression.graph), self.scope(scope))
                return
            for inner in expression.values():
                self._read_expression(inner, scope)
        elif isinstance(expression, list | tuple):
            for inner in expression:
                self._read_expression(inner, scope)

    def _add(self, triples: Iterable[tuple[Any, Any, Any]], scope: Scope) -> None:
        for subject, path, object_ in triples:
            if isinstance(path, Variable | BNode):
                self.properties.append(path)
                scope.patterns.append((subject, None, object_))
            else:
                scope.patterns.append((subject, path, object_))

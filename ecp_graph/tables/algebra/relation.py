"""Solutions of a pattern as a table in SQL: a column a variable, and how two of them are joined.

A column holds the number of a term in the table ``terms``, or a string, IRI or truth value that an expression has
made. NULL is what SPARQL calls unbound: it agrees with everything in a join. No solution is dropped or added: these are
multisets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

import pyoxigraph as ox

__all__ = [
    "TYPES",
    "Column",
    "Kind",
    "NotCompiled",
    "Relation",
    "Scope",
    "flagged",
    "joined",
    "kept",
    "left_joined",
    "named",
    "united",
]

#: What the values of a column are: numbers of terms, plain strings, IRIs as strings, or true and false.
Kind: TypeAlias = Literal["term", "text", "iri", "truth"]
#: Values that a store holds as they are here, by the local name of their datatype.
_AS_WRITTEN: Final = {"integer": re.compile(r"-?[0-9]{1,18}"), "boolean": re.compile("true|false")}
#: How each kind is held.
TYPES: Final[Mapping[Kind, str]] = {"term": "BIGINT", "text": "VARCHAR", "iri": "VARCHAR", "truth": "BOOLEAN"}


class NotCompiled(Exception):
    """A query that cannot be made into SQL; ``construct`` is what stands in the way, such as ``MINUS``."""

    def __init__(self, construct: str) -> None:
        super().__init__(construct)
        self.construct = construct


@dataclass(frozen=True)
class Column:
    """What is known of the values of a variable before any data are seen."""

    kind: Kind = "term"
    #: IRIs and blank nodes, never a literal.
    is_node: bool = False
    #: Unbound in some solutions.
    may_lack: bool = False


@dataclass(frozen=True)
class Relation:
    """The solutions of a pattern: what stands behind FROM, and its columns by variable.

    ``facets`` are those that stand in columns of their own, each with its variable (`ecp_graph.tables.algebra.facets`).
    ``branches`` are the parts of a UNION.
    """

    source: str
    columns: Mapping[str, Column]
    facets: frozenset[tuple[str, str]] = frozenset()
    branches: tuple[Relation, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether this is a table by its name, which costs nothing to name twice."""
        return not self.source.startswith("(")

    @property
    def select(self) -> str:
        """The relation as a statement of its own."""
        return f"SELECT * FROM {self.source}" if self.is_table else self.source[1:-1]


@dataclass
class Scope:
    """What a query collects while it is compiled: its constants (N-Triples), and the tables that come before it."""

    constants: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    flags: int = 0

    def flag(self) -> str:
        """Return the name of a column that no other has, for a truth value."""
        self.flags += 1
        return named(f"FLAG {self.flags}")

    def constant(self, term: Any) -> str:
        """Return what stands for the number of a term of rdflib: ``{2}`` for the third of the constants.

        Raises NotCompiled for a literal that a store may hold in another form than the query has.
        """
        text = _in_ntriples(term)
        if text not in self.constants:
            self.constants.append(text)
        return f"{{{self.constants.index(text)}}}"

    def table(self, name: str, select: str) -> str:
        """Return the name of a table that is made before the query, one for equal texts."""
        for known, text in self.tables.items():
            if text == select:
                return known
        known = f"{name}_{len(self.tables)}"
        self.tables[known] = select
        return known


#: The solution without variables.
UNIT: Final = Relation("(SELECT 1 AS unit)", {})


def _in_ntriples(term: Any) -> str:
    """Return a term as Oxigraph writes it: rdflib has other escapes, and language tags as they are given."""
    from rdflib.namespace import XSD
    from rdflib.term import Literal as RdfLiteral

    if not isinstance(term, RdfLiteral):
        return str(term.n3())
    if term.datatype in (None, XSD.string):
        return str(ox.Literal(str(term), language=term.language))
    form = _AS_WRITTEN.get(str(term.datatype).removeprefix(str(XSD)))
    if form is None or not form.fullmatch(str(term)):
        raise NotCompiled(f"the literal {term.n3()}, of which a store may have another form")
    return str(term.n3())


def named(variable: str) -> str:
    """Return the name of the column of a variable."""
    return f'"{variable}"'


def joined(left: Relation, right: Relation, scope: Scope) -> Relation:
    """Return the solutions of both that agree.

    A join with a UNION whose parts bind different variables is a UNION of joins: each has an equality to join by.
    """
    if left == UNIT or right == UNIT:
        return right if left == UNIT else left
    for one, other, turned in ((left, right, False), (right, left, True)):
        if any(other.columns[name].may_lack for name in _shared(one, other)) and other.branches:
            table = one if one.is_table else _as_table(one, scope)
            pairs = [(part, table) if turned else (table, part) for part in other.branches]
            return united([joined(*pair, scope) for pair in pairs])
    columns = _columns(left, right)
    agree = " AND ".join(_agreement(left, right)) or "true"
    return Relation(
        f"(SELECT {_merged(left, right)} FROM {left.source} AS l JOIN {right.source} AS r ON {agree})", columns
    )


def left_joined(left: Relation, right: Relation, condition: str) -> Relation:
    """Return OPTIONAL: the solutions of the left one, with those of the right that agree and meet the condition.

    In the condition the left one is called ``l``, the right ``r``.
    """
    columns = _columns(left, right)
    for name in right.columns.keys() - left.columns.keys():
        columns[name] = replace(columns[name], may_lack=True)
    for name in _shared(left, right):
        of = left.columns[name]
        columns[name] = replace(of, is_node=of.is_node and (not of.may_lack or right.columns[name].is_node))
    agree = " AND ".join([*_agreement(left, right), *([condition] if condition else [])]) or "true"
    select = f"SELECT {_merged(left, right)} FROM {left.source} AS l LEFT JOIN {right.source} AS r ON {agree}"
    return Relation(f"({select})", columns)


def kept(left: Relation, right: Relation, condition: str, *, if_any: bool) -> Relation:
    """Return the solutions of the left one for which the right one has any that agrees, or none."""
    agree = " AND ".join([*_agreement(left, right), *([condition] if condition else [])]) or "true"
    join = "SEMI" if if_any else "ANTI"
    return replace(
        left, source=f"(SELECT l.* FROM {left.source} AS l {join} JOIN {right.source} AS r ON {agree})", branches=()
    )


def flagged(left: Relation, right: Relation, condition: str, flag: str, *, if_any: bool) -> Relation:
    """Return the solutions of the left one, with a column for whether the right one has any that agrees, or none."""
    agree = " AND ".join([*_agreement(left, right), *([condition] if condition else [])]) or "true"
    exists = f"{'' if if_any else 'NOT '}EXISTS (SELECT 1 FROM {right.source} AS r WHERE {agree})"
    return replace(left, source=f"(SELECT l.*, {exists} AS {flag} FROM {left.source} AS l)", branches=())


def united(parts: Sequence[Relation]) -> Relation:
    """Return the solutions of all parts; a variable that a part lacks is unbound there."""
    parts = [branch for part in parts for branch in (part.branches or (part,))]
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    columns = {name: _united([part.columns.get(name) for part in parts], name) for name in names}
    selects = []
    for part in parts:
        values = (named(name) if name in part.columns else _nothing(columns[name], name) for name in names)
        selects.append(f"SELECT {', '.join(values) or '1 AS unit'} FROM {part.source}")
    return Relation(f"({' UNION ALL '.join(selects)})", columns, branches=tuple(parts))


def _united(columns: Sequence[Column | None], name: str) -> Column:
    known = [column for column in columns if column]
    if len(kinds := sorted({column.kind for column in known})) > 1:
        raise NotCompiled(f"?{name}, which is a {kinds[0]} in one part of a UNION and a {kinds[1]} in another")
    return Column(
        known[0].kind,
        all(column.is_node for column in known),
        len(known) < len(columns) or any(column.may_lack for column in known),
    )


def _nothing(column: Column, name: str) -> str:
    return f"NULL::{TYPES[column.kind]} AS {named(name)}"


def _as_table(relation: Relation, scope: Scope) -> Relation:
    columns = ", ".join(map(named, relation.columns)) or "1 AS unit"
    return Relation(scope.table("part", f"SELECT {columns} FROM {relation.source}"), relation.columns)


def _shared(left: Relation, right: Relation) -> Iterable[str]:
    return [name for name in left.columns if name in right.columns]


def _columns(left: Relation, right: Relation) -> dict[str, Column]:
    """Return the columns of a join: what either side knows of a shared variable holds."""
    columns = {**left.columns, **right.columns}
    for name in _shared(left, right):
        of = left.columns[name], right.columns[name]
        if of[0].kind != of[1].kind:
            raise NotCompiled(f"?{name}, which is joined as a {of[0].kind} with a {of[1].kind}")
        columns[name] = Column(
            of[0].kind,
            all(each.is_node for each in of) or any(each.is_node and not each.may_lack for each in of),
            all(each.may_lack for each in of),
        )
    return columns


def _agreement(left: Relation, right: Relation) -> list[str]:
    conditions = []
    _columns(left, right)  # refuses what cannot be compared
    for name in _shared(left, right):
        lacks = [
            f"{side}.{named(name)} IS NULL" for side, of in (("l", left), ("r", right)) if of.columns[name].may_lack
        ]
        equal = f"l.{named(name)} = r.{named(name)}"
        conditions.append(f"({' OR '.join([*lacks, equal])})" if lacks else equal)
    return conditions


def _merged(left: Relation, right: Relation) -> str:
    """Return the values of a join, a shared variable from the side where it is bound."""
    values = []
    for name in dict.fromkeys([*left.columns, *right.columns]):
        column = named(name)
        if name not in right.columns:
            values.append(f"l.{column}")
        elif name not in left.columns:
            values.append(f"r.{column}")
        elif left.columns[name].may_lack:
            values.append(f"coalesce(l.{column}, r.{column}) AS {column}")
        else:
            values.append(f"l.{column}")
    return ", ".join(values) or "1 AS unit"

"""Runs the rules of the ontology forwards, as joins of tables, in rounds until nothing new comes.

Rules of one shape become one SELECT over a table of their constants. A round asks what follows from the statements of
the round before together with all that is known (semi-naive evaluation). Each statement carries the place of its
certainty, the strongest being 0: what is inferred gets the weakest among its premises, and of several ways the best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ecp_graph.reasoning.rules import Pattern, Rule
from ecp_graph.sparql.results import Term, to_ox
from ecp_graph.tables.joins import Joins, Place, in_process
from ecp_graph.tables.statements import LITERALS, Statements

__all__ = ["run_rules"]

#: What stands in a pattern: ``("constant", 2)`` for the third constant of the rule, or ``("variable", "s")``.
_Place = tuple[str, object]
_COLUMNS: Final = ("s", "p", "o")
_FRESH: Final = """
SELECT s, p, o, min(level) AS level, false AS stated FROM ({following}) AS following
WHERE s < {literals} AND NOT EXISTS (
  SELECT 1 FROM known
  WHERE known.s = following.s AND known.p = following.p AND known.o = following.o AND known.level <= following.level
)
GROUP BY s, p, o"""


def run_rules(statements: Statements, rules: Iterable[Rule], place: Place = in_process) -> None:
    """Add to the table ``known`` all that follows from what is there, by joins that run in a place.

    Its columns are ``s``, ``p``, ``o``, ``level``, the place of the certainty, and ``stated``, which is false for what
    is added. A triple that improved in a later round stands there twice.
    """
    axioms = _axioms(rules)
    tables = _fill(statements, axioms)
    if tables:
        with place(statements, ["known", *tables]) as joins:
            _run_rounds(joins, _fresh(axioms, tables))
            joins.fetch("known")


@dataclass(frozen=True)
class _Shape:
    """A rule without its constants: the head and the body."""

    head: tuple[_Place, ...]
    body: tuple[tuple[_Place, ...], ...]

    @property
    def constants(self) -> int:
        """How many constants a rule of this shape has."""
        places = [place for pattern in (self.head, *self.body) for place in pattern]
        return len({value for kind, value in places if kind == "constant"})

    def select(self, axioms: str, newest: int) -> str:
        """Return the SELECT of what rules of the shape give; the pattern numbered ``newest`` is asked of ``delta``."""
        tables, conditions = [f"{axioms} AS axiom"], []
        where: dict[object, str] = {}
        for number, pattern in enumerate(self.body):
            tables.append(f"{'delta' if number == newest else 'known'} AS t{number}")
            for column, (kind, value) in zip(_COLUMNS, pattern, strict=True):
                here = f"t{number}.{column}"
                known = f"axiom.c{value}" if kind == "constant" else where.setdefault(value, here)
                if known != here:
                    conditions.append(f"{here} = {known}")
        head = [f"axiom.c{value}" if kind == "constant" else where[value] for kind, value in self.head]
        columns = ", ".join(f"{value} AS {column}" for value, column in zip(head, _COLUMNS, strict=True))
        levels = ", ".join(f"t{number}.level" for number in range(len(self.body)))
        level = f"greatest({levels})" if len(self.body) > 1 else levels
        return f"SELECT {columns}, {level} AS level FROM {', '.join(tables)} WHERE {' AND '.join(conditions)}"


def _run_rounds(joins: Joins, fresh: str) -> None:
    joins.make("delta", "SELECT * FROM known")
    while joins.make("fresh", fresh):
        joins.append("known", "fresh")
        joins.rename("fresh", "delta")


def _axioms(rules: Iterable[Rule]) -> dict[_Shape, set[tuple[str, ...]]]:
    """Return the shapes of rules, each with the constants of its rules in the syntax of N-Triples."""
    constants: dict[_Shape, set[tuple[str, ...]]] = defaultdict(set)
    for rule in rules:
        shape, values = _shape(rule)
        constants[shape].add(tuple(str(to_ox(value)) for value in values))
    return constants


def _fill(statements: Statements, axioms: Mapping[_Shape, Collection[tuple[str, ...]]]) -> list[str]:
    """Make a table of the constants of each shape, and return the tables."""
    numbers = statements.numbers(text for found in axioms.values() for row in found for text in row)
    tables: list[str] = []
    for shape, found in axioms.items():
        tables.append(f"axioms_{len(tables)}")
        rows = sorted(tuple(numbers[text] for text in row) for row in found)
        statements.fill(tables[-1], {f"c{at}": [row[at] for row in rows] for at in range(shape.constants)})
    return tables


def _fresh(shapes: Iterable[_Shape], tables: Iterable[str]) -> str:
    """Return the statement of a round: what follows from ``known`` with ``delta``, and is new or better."""
    pairs = zip(shapes, tables, strict=True)
    selects = [shape.select(table, newest) for shape, table in pairs for newest in range(len(shape.body))]
    return _FRESH.format(following=" UNION ALL ".join(selects), literals=LITERALS)


def _shape(rule: Rule) -> tuple[_Shape, list[Term]]:
    """Return the shape of a rule and its constants in their order."""
    values: list[Term] = []

    def place(part: Term | str) -> _Place:
        if isinstance(part, str):
            return "variable", part
        if part not in values:
            values.append(part)
        return "constant", values.index(part)

    def pattern(parts: Pattern) -> tuple[_Place, ...]:
        return tuple(place(part) for part in parts)

    body = tuple(pattern(parts) for parts in rule.body)
    return _Shape(pattern(rule.head), body), values

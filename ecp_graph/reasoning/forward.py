"""Runs the rules of the ontology forwards, as joins of tables, in rounds until nothing new comes.

Rules of one shape become one SELECT over a table of their constants. A round asks what follows from the statements of
the round before together with all that is known (semi-naive evaluation). Each statement carries the place of its
certainty, the strongest being 0: what is inferred gets the weakest among its premises, and of several ways the best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ecp_graph.reasoning.rules import Pattern, Rule
from ecp_graph.sparql.results import Term, to_ox
from ecp_graph.tables.statements import LITERALS, Statements

__all__ = ["run_rules"]

#: What stands in a pattern: ``("constant", 2)`` for the third constant of the rule, or ``("variable", "s")``.
_Place = tuple[str, object]
_COLUMNS: Final = ("s", "p", "o")
_FRESH: Final = """
CREATE OR REPLACE TABLE fresh AS
SELECT s, p, o, min(level) AS level, false AS stated FROM ({following}) AS following
WHERE s < {literals} AND NOT EXISTS (
  SELECT 1 FROM known
  WHERE known.s = following.s AND known.p = following.p AND known.o = following.o AND known.level <= following.level
)
GROUP BY s, p, o"""


def run_rules(statements: Statements, rules: Iterable[Rule]) -> None:
    """Add to the table ``known`` all that follows from what is there.

    Its columns are ``s``, ``p``, ``o``, ``level``, the place of the certainty, and ``stated``, which is false for what
    is added. A triple that improved in a later round stands there twice.
    """
    if following := _round(statements, rules):
        _run_rounds(statements, following)


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
        level = f"greatest({', '.join(f't{number}.level' for number in range(len(self.body)))})"
        return f"SELECT {columns}, {level} AS level FROM {', '.join(tables)} WHERE {' AND '.join(conditions)}"


def _run_rounds(statements: Statements, following: str) -> None:
    connection = statements.connection
    connection.execute("CREATE OR REPLACE TABLE delta AS SELECT * FROM known")
    while True:
        connection.execute(following)
        if not connection.execute("SELECT count(*) FROM fresh").fetchall()[0][0]:
            break
        connection.execute("INSERT INTO known SELECT * FROM fresh")
        connection.execute("DROP TABLE delta")
        connection.execute("ALTER TABLE fresh RENAME TO delta")
    connection.execute("DROP TABLE delta")
    connection.execute("DROP TABLE fresh")


def _round(statements: Statements, rules: Iterable[Rule]) -> str:
    """Make the tables of axioms, and return the statement of a round, which fills the table ``fresh``."""
    constants: dict[_Shape, set[tuple[str, ...]]] = defaultdict(set)
    for rule in rules:
        shape, values = _shape(rule)
        constants[shape].add(tuple(str(to_ox(value)) for value in values))
    numbers = statements.numbers(text for found in constants.values() for row in found for text in row)
    selects = []
    for number, (shape, found) in enumerate(constants.items()):
        rows = sorted(tuple(numbers[text] for text in row) for row in found)
        statements.fill(f"axioms_{number}", {f"c{at}": [row[at] for row in rows] for at in range(shape.constants)})
        selects += [shape.select(f"axioms_{number}", newest) for newest in range(len(shape.body))]
    return _FRESH.format(following=" UNION ALL ".join(selects), literals=LITERALS) if selects else ""


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

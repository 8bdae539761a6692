"""Runs the rules of overlap: as joins in DuckDB, or on the embedded engine of SPARQL.

Either way the rows come into the table ``evidence``: the numbers of things, actions and readings, and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError, QueryTooComplex
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.sparql.text import position, tokens
from ecp_graph.tables.algebra import NotCompiled, Statement, compiled
from ecp_graph.tables.statements import Statements

__all__ = ["SCHEMES", "Rule", "by_joins", "by_sparql", "make_evidence", "read_rule"]

#: The property of an overlap for each scheme that its marks are of.
SCHEMES: Final = {"overlapKind": "overlap-kinds", "evidenceGrade": "evidence-grades", "certainty": "certainties"}
_REQUIRED: Final = ("memberA", "memberB", "kind", "cause", "on", "grade")
_OPTIONAL: Final = ("action", "way", "premise", "step", "reading")
_COLUMNS: Final = (*_REQUIRED, *_OPTIONAL)
#: The columns of a rule that hold no IRI.
_WORDS: Final = frozenset({"kind", "grade", "way", "premise", "step"})
_THINGS: Final = tuple(name for name in _COLUMNS if name not in _WORDS)
_POSITION: Final = re.compile(r"error at (\d+):(\d+):")
_EVIDENCE: Final = ", ".join(f'"{name}" {"VARCHAR" if name in _WORDS else "BIGINT"}' for name in _COLUMNS)
_FOUND: Final = "CREATE OR REPLACE TEMP TABLE found AS {select}"
#: Rows that no rule may give; the embedded engine says what is wrong with them.
_UNFIT: Final = f"""
SELECT
  (SELECT count(*) FROM found WHERE {" OR ".join(f'"{name}" IS NULL' for name in _REQUIRED)}
    OR NOT list_contains($kinds, "kind") OR NOT list_contains($grades, "grade"))
  + (SELECT count(*) FROM terms SEMI JOIN ({" UNION ".join(f'SELECT "{name}" AS id FROM found' for name in _THINGS)})
    USING (id) WHERE NOT starts_with(term, '<'))"""
#: Without premises, whatever a reading states is needed.
_KEPT: Final = """
INSERT INTO evidence
SELECT "memberA", "memberB", "kind", "cause", "on", "grade", "action", coalesce("way", ''),
  coalesce("premise", substr(term, 2, length(term) - 2), ''), coalesce("step", ''), "reading"
FROM found LEFT JOIN terms ON terms.id = "reading" AND "premise" IS NULL"""

#: The concept (IRI) of each notation, by the property that it is a value of.
Concepts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rule:
    """A rule: its file and text, and those of its columns that are read."""

    path: Path
    text: str
    columns: tuple[str, ...]


def read_rule(path: Path) -> Rule:
    """Return the rule of a file; raises InputSyntaxError for one that does not parse or lacks a column."""
    try:
        text = read_input(path).decode()
        refuse_excess(text)  # a deep one would overflow the stack
        solutions = ox.Store().query(text, prefixes=dict(names().prefixes))
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    except QueryTooComplex as reason:
        raise InputSyntaxError(path, str(reason)) from reason
    except SyntaxError as error:
        raise _syntax_error(path, str(error.msg)) from error
    given = {variable.value for variable in getattr(solutions, "variables", ())}
    if missing := [name for name in _REQUIRED if name not in given]:
        raise InputSyntaxError(path, f"the rule does not select ?{' ?'.join(missing)}")
    return Rule(path, text, tuple(name for name in _COLUMNS if name in given))


def make_evidence(statements: Statements) -> None:
    """Make the table ``evidence``, empty."""
    statements.connection.execute(f"CREATE OR REPLACE TABLE evidence ({_EVIDENCE})")


def by_joins(rule: Rule, statements: Statements, concepts: Concepts) -> str:
    """Add the rows of a rule to ``evidence``, found by joins, and return ''.

    Where that cannot be done, nothing is added, and the words returned say why.
    """
    try:
        statement = _compiled(rule.text, tuple(names().prefixes.items()))
        numbers = statements.numbers(statement.constants)
        statements.connection.execute(_FOUND.format(select=_typed(statement, numbers)))
    except NotCompiled as reason:
        return reason.construct
    except duckdb.InvalidInputException as reason:
        return str(reason).removeprefix("Invalid Input Error: ").partition("\n")[0]
    marks = {"kinds": list(concepts["overlapKind"]), "grades": list(concepts["evidenceGrade"])}
    (unfit,) = statements.connection.execute(_UNFIT, marks).fetchall()[0]
    if unfit:
        return "rows that no overlap can be made of"
    statements.connection.execute(_KEPT)
    return ""


@cache
def _compiled(text: str, prefixes: tuple[tuple[str, str], ...]) -> Statement:
    return compiled(text, dict(prefixes))


def _typed(statement: Statement, numbers: Mapping[str, int]) -> str:
    """Return a rule in SQL with all columns of ``evidence``, each of its type."""
    values = []
    for name in _COLUMNS:
        kind = statement.columns.get(name)
        if kind is None:
            values.append(f'NULL::{"VARCHAR" if name in _WORDS else "BIGINT"} AS "{name}"')
        elif kind == (name in _WORDS):
            values.append(f'row."{name}"')
        else:
            raise NotCompiled(f"?{name} as {'a string' if kind else 'a term'}")
    return f"SELECT {', '.join(values)} FROM ({statement.text(numbers.__getitem__)}) AS row"


def by_sparql(rule: Rule, store: ox.Store, statements: Statements, concepts: Concepts) -> None:
    """Add the rows of a rule to ``evidence``, found by the embedded engine.

    Raises InputSyntaxError for a row that lacks something, has something other than an IRI, or a mark that is none.
    """
    rows = list(_rows(rule, store, concepts))
    numbers = statements.numbers(str(row[name]) for row in rows for name in _THINGS if name in row)
    columns = [
        [(row[name].value if name in _WORDS else numbers[str(row[name])]) if name in row else None for row in rows]
        for name in _COLUMNS
    ]
    types = ("VARCHAR" if name in _WORDS else "BIGINT" for name in _COLUMNS)
    values = (
        f'unnest(${at}::{kind}[]) AS "{name}"' for at, (name, kind) in enumerate(zip(_COLUMNS, types, strict=True), 1)
    )
    statements.connection.execute(_FOUND.format(select=f"SELECT {', '.join(values)}"), columns)
    statements.connection.execute(_KEPT)


def _rows(rule: Rule, store: ox.Store, concepts: Concepts) -> Iterator[dict[str, ox.NamedNode | ox.Literal]]:
    for row in store.query(rule.text, prefixes=dict(names().prefixes)):  # type: ignore[union-attr]
        values = {name: row[name] for name in rule.columns if row[name] is not None}
        if any(not isinstance(row[name], ox.NamedNode) for name in values if name not in _WORDS):
            raise InputSyntaxError(rule.path, f"the rule gives something other than an IRI in {row}")
        if missing := [name for name in _REQUIRED if name not in values]:
            raise InputSyntaxError(rule.path, f"the rule gives {row}, which lacks ?{' ?'.join(missing)}")
        for mark, term in (("kind", "overlapKind"), ("grade", "evidenceGrade")):
            if values[mark].value not in concepts[term]:
                raise _unknown_mark(rule, mark, values[mark].value, SCHEMES[term], concepts[term])
        yield values


def _unknown_mark(rule: Rule, mark: str, value: str, scheme: str, known: Iterable[str]) -> InputSyntaxError:
    """Return the error of a rule that gives a kind or grade which is none, with the line that it is written on."""
    same = (token.start for token in tokens(rule.text) if token.kind == "string" and token.text.strip("\"'") == value)
    line = next((position(rule.text, start)[0] for start in same), None)
    scheme = PREFIXES["scheme"] + scheme
    reason = f"the rule gives the {mark} '{value}', which is no concept of {scheme}."
    reason += f" Its concepts are: {', '.join(known) or 'none'}."
    return InputSyntaxError(rule.path, f"{reason} Give one of these, or add '{value}' to the scheme.", line)


def _syntax_error(path: Path, message: str) -> InputSyntaxError:
    """Return the parser's error with the line in the file, and without its list of all that could follow."""
    match = _POSITION.match(message)
    if match is None:
        return InputSyntaxError(path, message)
    return InputSyntaxError(path, f"column {match[2]}: this is not SPARQL 1.1", int(match[1]))

"""Runs the rules of overlap: as joins in DuckDB, or on the embedded engine of SPARQL.

Either way the rows come into the table ``evidence``: the numbers of things, actions and readings, and words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError, QueryTooComplex
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.overlap.marks import SCHEMES, Marks
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.sparql.text import position, tokens
from ecp_graph.tables.algebra import NotCompiled, Statement
from ecp_graph.tables.algebra.kept import kept
from ecp_graph.tables.joins import Joins, Place, Stopped
from ecp_graph.tables.statements import DEFAULT_GRAPH, LITERALS, Statements

__all__ = ["LAYERS", "Rule", "by_joins", "by_sparql", "made_ready", "read_by_rules", "read_rule"]

_REQUIRED: Final = ("memberA", "memberB", "kind", "cause", "on", "grade")
_OPTIONAL: Final = ("action", "way", "premise", "step", "reading")
_COLUMNS: Final = (*_REQUIRED, *_OPTIONAL)
#: The columns of a rule that hold no IRI.
_WORDS: Final = frozenset({"kind", "grade", "way", "premise", "step"})
_THINGS: Final = tuple(name for name in _COLUMNS if name not in _WORDS)
_POSITION: Final = re.compile(r"error at (\d+):(\d+):")
#: The layers that rules read.
LAYERS: Final = ("ontology", "data", "inferred")
_EACH: Final = " UNION ALL ".join(f"SELECT s, p, o, g FROM {layer}" for layer in LAYERS)
#: All but literals where the ontology has things: the reasoner reports them, and no overlap can be on them.
_FIT: Final = f"""
SELECT * FROM ({_EACH})
WHERE o < {LITERALS} OR p NOT IN (SELECT s FROM ({_EACH}) WHERE p = {{type}} AND o = {{link}})"""
#: What rules read, in the order in which they look for it; for as long as they run these stand for the views so called.
_READ: Final = {
    "quads": f"SELECT * FROM ({{fit}}) WHERE g <> {DEFAULT_GRAPH} ORDER BY p, s",
    "triples": "SELECT DISTINCT s, p, o FROM ({fit}) ORDER BY p, s",
    "nodes": "SELECT s AS n FROM triples UNION SELECT o FROM triples",
}
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


@contextmanager
def made_ready(statements: Statements) -> Iterator[None]:
    """Keep, as long as the block lasts, the tables that rules read, and ``evidence`` for their rows, empty at first."""
    execute = statements.connection.execute
    fit = _fit(statements)
    for table, select in _READ.items():
        execute(f"CREATE TEMP TABLE {table} AS {select.format(fit=fit)}")
    execute(f"CREATE TEMP TABLE evidence ({_EVIDENCE})")
    try:
        yield
    finally:
        for table in (*_READ, "evidence"):
            execute(f"DROP TABLE temp.{table}")


def read_by_rules(statements: Statements) -> list[ox.Quad]:
    """Return the statements that rules read."""
    path = statements.write(_fit(statements), "read_by_rules")
    content = path.read_bytes()
    path.unlink()
    return list(ox.parse(content, format=ox.RdfFormat.N_QUADS))


def _fit(statements: Statements) -> str:
    """Return the SELECT of the statements that rules read."""
    terms = {"type": PREFIXES["rdf"] + "type", "link": PREFIXES["owl"] + "ObjectProperty"}
    written = {name: str(ox.NamedNode(iri)) for name, iri in terms.items()}
    numbers = statements.numbers(written.values())
    return _FIT.format(**{name: numbers[term] for name, term in written.items()})


def by_joins(
    rules: Sequence[Rule], statements: Statements, marks: Marks, place: Place, progress: Callable[[str], None]
) -> dict[Rule, str]:
    """Add the rows of rules to ``evidence``, found by joins that run in a place.

    Returns the rules of which nothing was added, each with what joins do not cover; ``progress`` is told of them.
    """
    left = {}
    for rule in rules:
        with suppress(NotCompiled):
            statements.numbers(kept(rule.text, names().prefixes).constants)  # all of them, before the terms are read
    with place(statements, ["terms", *_READ]) as joins:
        for rule in rules:
            if why_not := _why_not_joined(rule, statements, marks, joins):
                progress(f"{rule.path.name} runs on the embedded engine, because joins do not cover {why_not}")
                left[rule] = why_not
    return left


def _why_not_joined(rule: Rule, statements: Statements, marks: Marks, joins: Joins) -> str:
    """Add the rows of one rule, and return ''; or add nothing, and return what joins do not cover."""
    try:
        statement = kept(rule.text, names().prefixes)
        select = statement.prepared(joins, statements.numbers(statement.constants))
        joins.make("found", _typed(statement, select))
    except NotCompiled as reason:
        return reason.construct
    except Stopped as reason:
        return str(reason)
    joins.fetch("found")
    known = {"kinds": marks.order("overlapKind"), "grades": marks.order("evidenceGrade")}
    (unfit,) = statements.connection.execute(_UNFIT, known).fetchall()[0]
    if not unfit:
        statements.connection.execute(_KEPT)
    statements.connection.execute("DROP TABLE found")
    return "rows that no overlap can be made of" if unfit else ""


def _typed(statement: Statement, select: str) -> str:
    """Return a rule in SQL with all columns of ``evidence``, each of its type."""
    values = []
    for name in _COLUMNS:
        kind = statement.columns.get(name)
        if kind is None:
            values.append(f'NULL::{_type(name)} AS "{name}"')
        elif kind == ("text" if name in _WORDS else "term"):
            values.append(f'row."{name}"')
        else:
            raise NotCompiled(f"?{name} as a {kind}")
    return f"SELECT {', '.join(values)} FROM ({select}) AS row"


def by_sparql(rules: Iterable[Rule], store: ox.Store, statements: Statements, marks: Marks) -> None:
    """Add the rows of rules to ``evidence``, found by the embedded engine.

    Raises InputSyntaxError for a row that lacks something, has something other than an IRI, or a mark that is none.
    """
    rows = [row for rule in rules for row in _rows(rule, store, marks)]
    if not rows:
        return
    numbers = statements.numbers(str(row[name]) for row in rows for name in _THINGS if name in row)
    columns = [
        [(row[name].value if name in _WORDS else numbers[str(row[name])]) if name in row else None for row in rows]
        for name in _COLUMNS
    ]
    values = (f'unnest(${at}::{_type(name)}[]) AS "{name}"' for at, name in enumerate(_COLUMNS, 1))
    statements.connection.execute(_FOUND.format(select=f"SELECT {', '.join(values)}"), columns)
    statements.connection.execute(_KEPT)
    statements.connection.execute("DROP TABLE found")


def _type(column: str) -> str:
    return "VARCHAR" if column in _WORDS else "BIGINT"


def _rows(rule: Rule, store: ox.Store, marks: Marks) -> Iterator[dict[str, ox.NamedNode | ox.Literal]]:
    for row in store.query(rule.text, prefixes=dict(names().prefixes)):  # type: ignore[union-attr]
        values = {name: row[name] for name in rule.columns if row[name] is not None}
        for name, value in values.items():
            if name not in _WORDS and not isinstance(value, ox.NamedNode):
                raise InputSyntaxError(rule.path, f"the rule gives {value} as ?{name}, which has to be an IRI.")
        if missing := [name for name in _REQUIRED if name not in values]:
            given = ", ".join(f"?{name} {value}" for name, value in values.items())
            raise InputSyntaxError(rule.path, f"the rule gives a row without ?{' ?'.join(missing)}: {given}.")
        for mark, term in (("kind", "overlapKind"), ("grade", "evidenceGrade")):
            if values[mark].value not in marks.concepts[term]:
                raise _unknown_mark(rule, mark, values[mark].value, SCHEMES[term], marks.concepts[term])
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

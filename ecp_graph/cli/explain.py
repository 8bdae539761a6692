"""``ecp-graph explain``."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click
import pyoxigraph as ox

from ecp_graph.cli.common import release_or_build, say, settings_options, workspace_and_releases
from ecp_graph.cli.query import engine_for
from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import ECP, PREFIXES, expand

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.reasoning.statements import Statement
    from ecp_graph.settings import Settings
    from ecp_graph.sparql.results import Table, Term
    from ecp_graph.workspace import Workspace

__all__ = ["explain", "find_statement"]

_PROPERTIES: Final = """
SELECT DISTINCT ?property ?name WHERE {
  { SELECT DISTINCT ?property { ?subject ?property ?value } }
  OPTIONAL { ?property rdfs:label ?name }
}
ORDER BY ?property ?name
"""
_VALUES: Final = """
SELECT ?value ?name WHERE {{
  {subject} {property} ?value
  OPTIONAL {{ ?value skos:prefLabel|rdfs:label|skos:notation|skos:altLabel ?name }}
}}
ORDER BY ?value ?name
"""
#: The things of a name that anything has as the value of a property.
_USUAL: Final = """
SELECT DISTINCT ?value WHERE {{
  ?any {property} ?value .
  ?value skos:prefLabel|rdfs:label|skos:notation|skos:altLabel ?name .
  FILTER (isIRI(?value) && LCASE(STR(?name)) = {name})
}}
"""


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("-f", "--format", "fmt", type=click.Choice(["tree", "json"]), default="tree", help="[default: tree]")
@settings_options("endpoint", "timeout", "workspace", "releases")
def explain(subject: str, predicate: str, object_: str, fmt: str, settings: Settings) -> None:
    """Show where a statement is stated or what it follows from.

    The three parts are CURIEs, IRIs, codes or names, as in `ecp-graph explain PTC worksOn "Transit Guidelines"`; `a`
    stands for rdf:type. An inferred statement is traced back, rule by rule, to the passages that it is based on.
    Exit code 1: the statement is neither stated nor inferred; other links between the two are then listed.
    """
    from ecp_graph.reasoning import Explainer
    from ecp_graph.reasoning.findings import explain_finding
    from ecp_graph.reasoning.statements import names_of
    from ecp_graph.reasoning.words import as_json, as_text

    engine, limit_s = engine_for(settings), settings.timeout
    told = _told_of(engine, subject, settings)
    statement = find_statement(told, subject, predicate, object_)
    found = Explainer(engine, timeout_s=limit_s).explain([statement]).get(statement)
    if found is None:
        rules = workspace_and_releases(settings)[0].rule_files
        found = explain_finding(engine, rules, statement, told=told, timeout_s=limit_s)
    if found is None:
        say(f"{statement.text}: this is neither stated in the graph nor can it be inferred.")
        for sentence in _told_of_pair(engine, workspace_and_releases(settings)[0], statement, limit_s):
            say(sentence)
        click.get_current_context().exit(1)
    terms = list(found.terms())
    names = {**names_of(told, terms, timeout_s=limit_s), **names_of(engine, terms, timeout_s=limit_s)}
    text = as_text(found, names) if fmt == "tree" else json.dumps(as_json(found, names), indent=2) + "\n"
    click.echo(text, nl=False)


def _told_of(engine: Engine, subject: str, settings: Settings) -> Engine:
    """Return what has the subject of a statement; stderr says so where that is a row of the findings and no node."""
    from ecp_graph.overlap.rows import REMARK, engine_of
    from ecp_graph.tables.lists.reading import Lists

    if settings.endpoint:
        return engine
    release = release_or_build(*workspace_and_releases(settings))
    row = Lists(release.lists).row(expand(subject.strip("<>"))) if release.lists.is_file() else None
    if row is None:
        return engine
    say(REMARK)
    return engine_of(row, engine, timeout_s=settings.timeout)


def _told_of_pair(engine: Engine, workspace: Workspace, statement: Statement, limit_s: float | None) -> list[str]:
    """Return what joins the two ends of a statement nevertheless, in the words of the pages on overlap."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.overlap.pair import sentences_on_pair
    from ecp_graph.queries.binding import bind
    from ecp_graph.queries.catalogue import load_catalogue

    if statement.object.kind != "iri":
        return []
    catalogue = load_catalogue(workspace)

    def ask(name: str, given: Mapping[str, str]) -> Table:
        return ask_table(engine, bind(catalogue[name], dict(given), engine), timeout_s=limit_s)

    return sentences_on_pair(catalogue, ask, statement.subject.value, statement.object.value)


def find_statement(engine: Engine, subject: str, predicate: str, object_: str) -> Statement:
    """Resolve three texts to a statement; raises ParameterError if one names nothing, or several things."""
    from ecp_graph.reasoning.statements import Statement, iri

    first = iri(_thing(engine, "SUBJECT", subject))
    second = _property(engine, predicate)
    return Statement(first, second, _value(engine, first, second, object_))


def _thing(engine: Engine, name: str, text: str) -> str:
    from ecp_graph.queries.parameters import Parameter
    from ecp_graph.queries.resolve import ANYTHING, resolve

    return resolve(Parameter(name, "iri", name, of_class=ANYTHING), text, engine)


def _property(engine: Engine, text: str) -> Term:
    """Return the property for a CURIE, an IRI, a local name or a label; the last two ignore case."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.reasoning.statements import iri

    if text == "a":
        return iri(PREFIXES["rdf"] + "type")
    known: dict[str, set[str]] = {}
    for property_, name in ask_table(engine, _PROPERTIES).rows:
        if property_:
            local = property_.text.rpartition(":")[2]
            for key in (local, name.value if name else local):
                known.setdefault(key.casefold(), set()).add(property_.value)
            known[property_.value] = known[property_.text] = {property_.value}
    found = known.get(expand(text.strip("<>"))) or known.get(text.casefold(), set())
    found = {own for own in found if own.startswith(ECP)} or found  # of several the one of the ontology is meant
    if len(found) == 1:
        return iri(next(iter(found)))
    if found:
        raise ParameterError(f"'{text}' names several properties: {', '.join(iri(p).text for p in sorted(found))}.")
    near = difflib.get_close_matches(text.casefold(), known, n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise ParameterError(f"The graph has no property '{text}'.{hint}")


def _value(engine: Engine, subject: Term, property_: Term, text: str) -> Term:
    """Return the value for a text: one that the subject has, otherwise a thing in the graph, otherwise a literal."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.reasoning.statements import in_sparql, iri
    from ecp_graph.sparql.results import Term

    wanted, full = text.casefold(), expand(text.strip("<>"))
    query = _VALUES.format(subject=in_sparql(subject), property=in_sparql(property_))
    found: dict[Term, None] = {}
    is_literal = False
    for value, name in ask_table(engine, query).rows:
        if value is None:
            continue
        is_literal = is_literal or value.kind == "literal"
        slug = value.value.rstrip("/").rpartition("/")[2].rpartition("#")[2]
        if full == value.value or wanted in {
            value.value.casefold(),
            slug.casefold(),
            (name.value if name else "").casefold(),
        }:
            found[value] = None
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise ParameterError(f"'{text}' names several values: {', '.join(term.text for term in found)}.")
    if is_literal:
        return Term("literal", text)
    usual = ask_table(engine, _USUAL.format(property=in_sparql(property_), name=str(ox.Literal(wanted)))).rows
    if len(usual) == 1 and usual[0][0]:  # a name that several things have: the one that others have as such a value
        return usual[0][0]
    return iri(_thing(engine, "OBJECT", text))

"""Computes the statements inferred from data and ontology (OWL 2 RL), and the contradictions between the two.

The rules of the ontology run as joins (`forward`). `reference` does the same with owlrl, which knows all of OWL 2 RL
and takes twenty times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ecp_graph.errors import UncoveredAxiom
from ecp_graph.namespaces import PREFIXES, compact
from ecp_graph.reasoning.axioms import constraints_of, uncovered
from ecp_graph.reasoning.certainty import Strengths, make_known, strengths_of
from ecp_graph.reasoning.conflicts import find_conflicts
from ecp_graph.reasoning.contradiction import Contradiction
from ecp_graph.reasoning.forward import run_rules
from ecp_graph.reasoning.rules import rules_of
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.statements import DEFAULT_GRAPH, LITERALS, Statements

__all__ = ["Closure", "Contradiction", "Inferred", "by_joins", "infer", "infer_layer"]

#: Adds to the table ``known`` what follows from it, by the axioms of the ontology, and returns the contradictions.
Closure: TypeAlias = Callable[[Statements, Sequence[ox.Quad]], Sequence[Contradiction]]

_BUILT_IN: Final = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_SAME_AS: Final = ox.NamedNode(PREFIXES["owl"] + "sameAs")
#: What is known without being stated, of individuals, with terms that the ontology declares.
_USEFUL: Final = f"""
CREATE OR REPLACE TABLE inferred AS
SELECT s, p, o, graphs.g
FROM (
  SELECT s, p, o, min(level) AS level FROM known GROUP BY s, p, o HAVING NOT bool_or(stated)
) AS found
JOIN graphs USING (level)
WHERE s IN (
    (SELECT s FROM data UNION SELECT o FROM data WHERE o < {LITERALS})
    EXCEPT (SELECT id FROM left_out UNION SELECT id FROM blank))
  AND if(
    p = $type,
    o IN (SELECT id FROM classes),
    p IN (SELECT id FROM properties) AND o NOT IN (SELECT id FROM blank))
ORDER BY s, p, o"""
_BLANK: Final = f"CREATE OR REPLACE TEMP TABLE blank AS SELECT id FROM terms WHERE id < {LITERALS} AND term[1] = '_'"


@dataclass(frozen=True)
class Inferred:
    """The inferred statements worth publishing, in the graphs of their certainty, and the contradictions found."""

    quads: list[ox.Quad]
    contradictions: tuple[Contradiction, ...]


def by_joins(statements: Statements, ontology: Sequence[ox.Quad], place: Place = in_process) -> list[Contradiction]:
    """Add what follows to the table ``known``, by joins that run in a place, and return the contradictions.

    Raises UncoveredAxiom for a term of OWL, in ontology or data, that the joins do not cover.
    """
    if found := [*uncovered(ontology), *_said_to_be_the_same(statements)]:
        raise UncoveredAxiom(sorted(set(found)))
    run_rules(statements, rules_of(ontology), place)
    return find_conflicts(statements, constraints_of(ontology))


def infer(
    data: Iterable[ox.Quad],
    ontology: Sequence[ox.Quad],
    *,
    readings: Iterable[str] = (),
    closure: Closure = by_joins,
) -> Inferred:
    """Return the inferred classes and properties of the individuals in the data; see `infer_layer`.

    There are none about ``readings`` (IRIs of named graphs).
    """
    statements = Statements()
    statements.put("ontology", ontology)
    statements.put("data", data)
    numbers = statements.numbers(str(ox.NamedNode(reading)) for reading in readings)
    contradictions = _infer(statements, ontology, list(numbers.values()), closure)
    return Inferred(statements.quads("inferred"), contradictions)


def infer_layer(
    statements: Statements, ontology: Sequence[ox.Quad], *, closure: Closure = by_joins
) -> tuple[Contradiction, ...]:
    """Make the layer ``inferred`` of what follows from ``ontology`` and ``data``, and return the contradictions.

    It holds no triple that was stated, none about terms of the ontology or about readings (the named graphs of the
    data), no blank nodes, no owl:Thing and no owl:sameAs. Spec: OWL 2 Profiles, section 4.3. ``ontology`` are the
    quads of that layer. Raises what the closure raises.
    """
    graphs = statements.connection.execute("SELECT DISTINCT g FROM data WHERE g <> $none", {"none": DEFAULT_GRAPH})
    return _infer(statements, ontology, [graph for (graph,) in graphs.fetchall()], closure)


def _infer(
    statements: Statements, ontology: Sequence[ox.Quad], readings: Sequence[int], closure: Closure
) -> tuple[Contradiction, ...]:
    strengths = strengths_of(ontology)
    make_known(statements, strengths)
    contradictions = closure(statements, ontology)
    _keep_useful(statements, ontology, readings, strengths)
    statements.connection.execute("DROP TABLE known")
    return tuple(contradictions)


def _keep_useful(
    statements: Statements, ontology: Sequence[ox.Quad], readings: Sequence[int], strengths: Strengths
) -> None:
    kinds = [(quad.subject, getattr(quad.object, "value", "")) for quad in ontology if quad.predicate == _TYPE]
    declared = {owl: {term for term, kind in kinds if kind == PREFIXES["owl"] + owl} for owl in _DECLARED}
    chosen = {
        "classes": {term for term in declared["Class"] if not _is_built_in(term)},
        "properties": declared["ObjectProperty"] | declared["DatatypeProperty"],
        "left_out": {term for term, kind in kinds if kind.startswith(_BUILT_IN)},
    }
    graphs = [str(ox.NamedNode(graph)) for graph in strengths.graphs]
    texts = [str(term) for terms in chosen.values() for term in terms]
    numbers = statements.numbers([*texts, *graphs, str(_TYPE)])
    for table, terms in chosen.items():
        found = sorted(numbers[str(term)] for term in terms)
        statements.fill(table, {"id": [*found, *readings] if table == "left_out" else found})
    statements.fill("graphs", {"level": list(range(len(graphs))), "g": [numbers[graph] for graph in graphs]})
    connection = statements.connection
    connection.execute(_BLANK)
    connection.execute(_USEFUL, {"type": numbers[str(_TYPE)]})
    used = statements.terms(graph for (graph,) in connection.execute("SELECT DISTINCT g FROM inferred").fetchall())
    statements.append("inferred", strengths.described(used.values()))
    for table in (*chosen, "graphs", "blank"):
        connection.execute(f"DROP TABLE {table}")


_DECLARED: Final = ("Class", "ObjectProperty", "DatatypeProperty")


def _is_built_in(term: object) -> bool:
    return not isinstance(term, ox.NamedNode) or term.value.startswith(_BUILT_IN)


def _said_to_be_the_same(statements: Statements) -> Iterable[tuple[str, str]]:
    number = statements.numbers([str(_SAME_AS)])[str(_SAME_AS)]
    found = statements.connection.execute("SELECT DISTINCT s FROM known WHERE p = $same", {"same": number}).fetchall()
    for term in statements.terms(subject for (subject,) in found).values():
        yield compact(getattr(term, "value", str(term))), "owl:sameAs"

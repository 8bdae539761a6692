"""Runs shapes on data: each on the fastest engine that judges it as pySHACL does.

::

    core constraints     the compiled engine, where it agrees          agreement.py, compiled.py
    SPARQL constraints   asked once for all nodes                      constraint_queries.py, containing.py
    all others           pySHACL, which is the reference for both      reference.py
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from ecp_graph.forked import forked_call
from ecp_graph.rdf.terms import OxTerm
from ecp_graph.validation.agreement import Agreement, nested_shapes
from ecp_graph.validation.compiled import CompiledShapes, Refused, is_installed
from ecp_graph.validation.constraint_queries import UnsuitedQuery, ask_constraint, constraint_query
from ecp_graph.validation.data_graph import TARGETS, DataGraph
from ecp_graph.validation.report import Finding
from ecp_graph.validation.results import FindingReader, Result

__all__ = ["TARGETS", "Engine", "Judged", "only", "run_shapes"]

#: ``reference`` runs every shape on pySHACL.
Engine: TypeAlias = Literal["local", "reference"]


@dataclass(frozen=True)
class Judged:
    """Findings, for each shape with targets how many nodes it looked at, and the shapes that pySHACL ran."""

    findings: list[Finding] = field(default_factory=list)
    looked_at: dict[str, int] = field(default_factory=dict)
    on_reference: frozenset[str] = frozenset()

    def __add__(self, other: Judged) -> Judged:
        return Judged(
            self.findings + other.findings,
            self.looked_at | other.looked_at,
            self.on_reference | other.on_reference,
        )


def run_shapes(
    data: DataGraph, shapes: Graph, *, engine: Engine = "local", values: frozenset[OxTerm] | None = None
) -> Judged:
    """Return one finding for each validation result; they say nothing yet about passages, files and lines.

    With ``values``, findings of SPARQL constraints that have none of these as their value may be missing.
    Raises EcpGraphError for shapes that cannot be run. Spec: SHACL 1.0, core and SPARQL constraints.
    """
    rules = _rules(shapes)
    results, taken = ([], set()) if engine == "reference" else _run_fast(data, shapes, rules, values)
    rest = rules - taken
    if rest:
        results += _run_on_reference(data, shapes, rest, whole=engine == "reference")
    reader = FindingReader(shapes)
    looked_at = {str(rule): data.count_focus_nodes(shapes, rule) for rule in rules if _is_counted(shapes, rule)}
    return Judged([reader.finding(result) for result in results], looked_at, frozenset(map(str, rest)))


def only(shapes: Graph, which: Collection[Node]) -> Graph:
    """Return the shapes given and all to which they refer; the latter are run only where others refer to them."""
    found = Graph(store="SimpleMemory", bind_namespaces="none")
    seen, edge = set(which), list(which)
    while edge:
        subject = edge.pop()
        for predicate, object_ in shapes.predicate_objects(subject):
            if predicate not in TARGETS or subject in which:
                found.add((subject, predicate, object_))
            if object_ not in seen:
                seen.add(object_)
                edge.append(object_)
    return found


def _rules(shapes: Graph) -> set[Node]:
    """Return the shapes that have targets; a shape that is a class is its own."""
    targeted = {shape for target in TARGETS for shape in shapes.subjects(target)}
    shape_types = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)}
    classes = {RDFS.Class, *shapes.subjects(RDFS.subClassOf, RDFS.Class)}
    return targeted | {shape for shape in shape_types if classes & set(shapes.objects(shape, RDF.type))}


def _is_counted(shapes: Graph, rule: Node) -> bool:
    targeted = any((rule, target, None) in shapes for target in TARGETS)
    return targeted and isinstance(rule, URIRef) and not _is_switched_off(shapes, rule)


def _is_switched_off(shapes: Graph, rule: Node) -> bool:
    return (rule, SH.deactivated, RdfLiteral(True)) in shapes


def _run_fast(
    data: DataGraph, shapes: Graph, rules: Collection[Node], values: frozenset[OxTerm] | None
) -> tuple[list[Result], set[Node]]:
    """Return what the fast engines find, and the shapes that they have judged."""
    if not is_installed():
        return [], set()
    agreement = Agreement(shapes, data)
    covered = {rule for rule in rules if agreement.covers(rule)}
    # both apart: what a store took in memory is gone with its process, and the threads of the other would stay, and a
    # process that has some cannot be forked again
    with forked_call(partial(_ask_constraints, data, shapes, covered, values)) as ask:
        answers = ask()
    with forked_call(partial(_run_compiled, data, shapes, set(answers))) as run:
        found, judged = run()
    return [*found, *(result for rule in judged for result in answers[rule])], judged


def _ask_constraints(
    data: DataGraph, shapes: Graph, rules: set[Node], values: frozenset[OxTerm] | None
) -> dict[Node, list[Result]]:
    """Return for each shape what its SPARQL constraints find; shapes whose queries are unsuited are missing."""
    asking = {rule for rule in rules if (rule, SH.sparql, None) in shapes and not _is_switched_off(shapes, rule)}
    found: dict[Node, list[Result]] = {rule: [] for rule in rules - asking}
    if not asking:
        return found
    store = data.store(_asked_of(only(shapes, asking)))
    for rule in asking:
        try:
            answers = [
                ask_constraint(store, data, shapes, rule, one, values) for one in shapes.objects(rule, SH.sparql)
            ]
        except UnsuitedQuery:
            continue
        found[rule] = [result for answer in answers for result in answer]
    return found


def _run_compiled(data: DataGraph, shapes: Graph, rules: set[Node]) -> tuple[list[Result], set[Node]]:
    """Return what the compiled engine finds, and the shapes that it has judged."""
    try:
        compiled = CompiledShapes(only(shapes, rules))
    except Refused:
        rules = {rule for rule in rules if _compiles(only(shapes, {rule}))}
        compiled = CompiledShapes(only(shapes, rules))
    try:
        results, unclear = compiled.run(data.text())
    except Refused:
        return [], set()
    judged = {rule for rule in rules if not unclear & _within(shapes, rule)}
    dropped = {shape for rule in rules - judged for shape in _within(shapes, rule)}
    if dropped & {shape for rule in judged for shape in _within(shapes, rule)}:  # a property shape of several
        return _run_compiled(data, shapes, judged)
    return [result for result in results if result.shape not in dropped], judged


def _compiles(shapes: Graph) -> bool:
    try:
        CompiledShapes(shapes)
    except Refused:
        return False
    return True


def _within(shapes: Graph, rule: Node) -> set[Node]:
    """Return the shape and the property shapes in it, whose results are told as such."""
    found = {rule}
    for parameter, inner in nested_shapes(shapes, rule):
        if parameter == SH.property and inner not in found:
            found |= _within(shapes, inner)
    return found


def _run_on_reference(data: DataGraph, shapes: Graph, rules: Collection[Node], *, whole: bool) -> list[Result]:
    from ecp_graph.validation.reference import run  # pySHACL takes long to import

    chosen = only(shapes, rules)
    predicates = None if whole else _asked_of(chosen)
    return run(data.graph(predicates), chosen)


def _asked_of(shapes: Graph) -> set[str] | None:
    """Return the properties that shapes can ask of the data, or None where they can ask for any."""
    if any((None, parameter, None) in shapes for parameter in (SH.closed, SH.parameter, SH.target)):
        return None
    found = {str(term) for term in {*shapes.objects(), RDF.type, RDFS.subClassOf} if isinstance(term, URIRef)}
    for shape, constraint in shapes.subject_objects(SH.sparql):
        try:
            query = constraint_query(shapes, shape, constraint)
        except UnsuitedQuery:
            return None
        if query.asks_for_any_property():
            return None
        found |= query.named()
    return found

"""Adds inferred and derived statements to the authored ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from ecp_graph.errors import UncoveredAxiom
from ecp_graph.namespaces import expand
from ecp_graph.overlap.across import Comparison
from ecp_graph.overlap.choosing import THEMES
from ecp_graph.overlap.decided import NO_DECISIONS, Decisions, add_decisions
from ecp_graph.overlap.derive import derive_layer
from ecp_graph.rdf.load import Sources
from ecp_graph.rdf.nquads import NQuads, NTriples
from ecp_graph.reasoning.reason import Closure, Contradiction, by_joins, infer_layer
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.statements import DEFAULT_GRAPH, Statements

__all__ = ["Completed", "complete", "tables_of", "things_of"]


@dataclass(frozen=True)
class Completed:
    """The statements of a workspace, with the inferred and derived ones, as tables and as lists.

    ``without_joins`` has the rules that ran on the embedded engine because joins do not cover them, and why;
    ``reopened`` the findings whose evidence is other than it was when they were decided on.
    """

    sources: Sources
    statements: Statements
    contradictions: tuple[Contradiction, ...]
    without_joins: Mapping[str, str] = field(default_factory=dict)
    reopened: frozenset[str] = frozenset()

    @cached_property
    def inferred(self) -> list[ox.Quad]:
        """What follows by the ontology."""
        return self.statements.quads("inferred")

    @cached_property
    def derived(self) -> list[ox.Quad]:
        """What rules find."""
        return self.statements.quads("derived")

    @property
    def quads(self) -> list[ox.Quad]:
        """Every statement in its named graph."""
        return [*self.sources.ontology, *self.sources.shapes, *self.sources.data, *self.inferred, *self.derived]

    def things(self) -> NTriples:
        """Return what shapes are run on: the merge of all but the shapes themselves."""
        return things_of(self.write_things())

    def write_things(self) -> Path:
        """Write the same into a file, for a process that validates it, and return that."""
        return self.statements.write_triples(["ontology", "data", "inferred", "derived"], "things")

    def located(self, contradiction: Contradiction) -> str:
        """Return the sentence of a contradiction with the places of its statements, or else of its individuals."""
        find = self.sources.index.find
        found = [
            find(subject, predicate=predicate, value=value) for subject, predicate, value in contradiction.statements
        ]
        found = found or [find(iri) for iri in contradiction.individuals]
        places = ", ".join(dict.fromkeys(f"{place.file}:{place.line}" for place in found if place))
        return f"{contradiction.sentence} ({places})" if places else contradiction.sentence


def things_of(path: Path) -> NTriples:
    """Return what `Completed.write_things` has written."""
    return NTriples([path.read_bytes()])


def complete(
    sources: Sources,
    rules: Sequence[Path],
    *,
    statements: Statements | None = None,
    engine: Literal["local", "reference"] = "local",
    themes: int = THEMES,
    comparison: Comparison | None = None,
    decisions: Decisions = NO_DECISIONS,
    place: Place = in_process,
    progress: Callable[[str], None] = lambda _: None,
) -> Completed:
    """Return the statements with all that the ontology and the rules add; contradictions are reported, not raised.

    ``statements`` are those of the sources as tables, which are made unless given; ``themes`` is how many findings that
    only share a theme are nodes, for each pair of plans; by ``comparison`` actions of different plans are compared;
    ``decisions`` are those of people on findings; ``place`` is where joins of the local engine run.
    Raises UncoveredAxiom for an axiom that this engine does not know.
    """
    statements = statements or tables_of(sources)
    progress(_told_of_data(statements))
    try:
        contradictions = infer_layer(statements, sources.ontology, closure=_closure(engine, place))
    except UncoveredAxiom as refusal:
        raise UncoveredAxiom(refusal.found, [_place_of(sources, *pair) for pair in refusal.found]) from None
    progress(f"Inferred {statements.count('inferred')} statements")
    without_joins = derive_layer(
        statements,
        rules,
        engine=engine,
        themes=themes,
        decided=decisions.findings,
        comparison=comparison,
        place=place,
        progress=progress,
    )
    decided = add_decisions(statements, decisions)
    if decisions.rows:
        progress(decided.sentence)
    progress(f"Derived {statements.count('derived')} statements by {len(rules)} rules")
    return Completed(sources, statements, contradictions, without_joins, decided.reopened)


def tables_of(sources: Sources) -> Statements:
    """Return the statements of a workspace as tables."""
    statements = Statements()
    statements.put("ontology", sources.ontology)
    statements.put("shapes", sources.shapes)
    if isinstance(sources.data, NQuads):
        statements.load("data", sources.data.texts)
    else:
        statements.put("data", sources.data)
    return statements


def _place_of(sources: Sources, subject: str, term: str) -> str:
    """Return the file and the line of a statement with a term as its predicate or its value; empty if none is known."""
    find, iri = sources.index.find, expand(term)
    place = find(expand(subject), predicate=iri, value=f"<{iri}>")
    return f"{place.file}:{place.line}" if place else ""


def _told_of_data(statements: Statements) -> str:
    counted = "SELECT count(*), count(DISTINCT g) FILTER (g <> $none) FROM data"
    rows, readings = statements.connection.execute(counted, {"none": DEFAULT_GRAPH}).fetchall()[0]
    return f"Read {rows} statements of {readings} readings"


def _closure(engine: Literal["local", "reference"], place: Place) -> Closure:
    if engine == "local":
        return partial(by_joins, place=place)
    from ecp_graph.reasoning.reference import by_owlrl

    return by_owlrl

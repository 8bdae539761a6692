"""Adds inferred and derived statements to the authored ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.rdf.load import Sources
from ecp_graph.reasoning.reason import Closure, Contradiction, by_joins, infer

__all__ = ["Completed", "complete"]


@dataclass(frozen=True)
class Completed:
    """The statements of a workspace, with the inferred and derived ones."""

    sources: Sources
    inferred: list[ox.Quad]
    derived: list[ox.Quad]
    contradictions: tuple[Contradiction, ...]

    @property
    def quads(self) -> list[ox.Quad]:
        """Every statement in its named graph."""
        return [*self.sources.ontology, *self.sources.shapes, *self.sources.data, *self.inferred, *self.derived]

    @property
    def things(self) -> list[ox.Quad]:
        """What shapes are run on: every statement but the shapes themselves."""
        return [*self.sources.ontology, *self.sources.data, *self.inferred, *self.derived]

    def located(self, contradiction: Contradiction) -> str:
        """Return the sentence of a contradiction with the places of its individuals."""
        found = (self.sources.index.find(iri) for iri in contradiction.individuals)
        places = ", ".join(f"{place.file}:{place.line}" for place in found if place)
        return f"{contradiction.sentence} ({places})" if places else contradiction.sentence


def complete(
    sources: Sources,
    rules: Sequence[Path],
    *,
    engine: Literal["local", "reference"] = "local",
    progress: Callable[[str], None] = lambda _: None,
) -> Completed:
    """Return the statements with all that the ontology and the rules add; contradictions are reported, not raised.

    Raises UncoveredAxiom for an axiom that the local engine does not know.
    """
    inferred = infer(sources.data, sources.ontology, readings=sources.readings, closure=_closure(engine))
    quads = inferred.quads
    progress(f"Inferred {len(quads)} statements")
    store = merged_store([*sources.ontology, *sources.data, *quads])
    derived = derive(store, rules, engine=engine, progress=progress)
    progress(f"Derived {len(derived)} statements by {len(rules)} rules")
    return Completed(sources, quads, derived, inferred.contradictions)


def _closure(engine: Literal["local", "reference"]) -> Closure:
    if engine == "local":
        return by_joins
    from ecp_graph.reasoning.reference import by_owlrl

    return by_owlrl

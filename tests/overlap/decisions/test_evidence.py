"""The hash of the evidence: a decision is reopened when what its finding rests on has changed, and only then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.decided import Decisions, add_decisions
from ecp_graph.overlap.decisions import OverlapDecision
from ecp_graph.overlap.derive import derive_layer
from ecp_graph.overlap.evidence import gather_evidence
from ecp_graph.overlap.marks import Marks, read_marks
from ecp_graph.pipeline.complete import tables_of
from ecp_graph.rdf.load import load
from ecp_graph.reasoning.reason import infer_layer
from ecp_graph.tables.statements import Statements
from ecp_graph.workspace import bundled_workspace

_HASHES: Final = "SELECT node[2:-2], hash FROM finding_node JOIN finding_hash USING (id)"


class World:
    """The bundled plan with all its findings decided on, and which passages each finding rests on."""

    def __init__(self) -> None:
        sources = load(bundled_workspace())
        self.statements: Statements = tables_of(sources)
        infer_layer(self.statements, sources.ontology)
        derive_layer(self.statements, bundled_workspace().rule_files)
        self.marks: Marks = read_marks(self.statements)
        self.hashes: Mapping[str, str] = dict(self.statements.connection.execute(_HASHES).fetchall())
        self.decisions = Decisions(
            tuple(
                OverlapDecision(finding, "dismissed", "Seen", "Jo", "2031-05-01T09:30:00Z", evidence)
                for finding, evidence in self.hashes.items()
            )
        )
        data = list(sources.data)
        passage_of = {q.subject.value: q.object.value for q in data if q.predicate.value == ECP + "readingOf"}
        self.texts = {q.subject.value: q.object.value for q in data if q.predicate.value == ECP + "textHash"}
        self.rests_on: dict[str, set[str]] = {finding: set() for finding in self.hashes}
        for quad in self.statements.quads("derived"):
            if quad.predicate.value == ECP + "statedIn" and quad.subject.value in self.rests_on:
                self.rests_on[quad.subject.value].add(passage_of[quad.object.value])

    def set_text(self, passage: str, text: str) -> None:
        """Give a passage another text, by its hash."""
        terms = [str(ox.NamedNode(passage)), str(ox.NamedNode(ECP + "textHash")), str(ox.Literal(text))]
        numbers = self.statements.numbers(terms)
        s, p, o = (numbers[term] for term in terms)
        self.statements.connection.execute("UPDATE data SET o = $o WHERE s = $s AND p = $p", {"s": s, "p": p, "o": o})

    def reopened(self) -> frozenset[str]:
        gather_evidence(self.statements, self.marks)
        return add_decisions(self.statements, self.decisions).reopened


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    assert len(made.hashes) == 65
    assert made.texts
    assert any(made.rests_on.values())
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_texts_reopen_exactly_what_rests_on_them(world: World, data: Any) -> None:
    edited = data.draw(st.sets(st.sampled_from(sorted(world.texts)), max_size=4))
    for passage in edited:
        world.set_text(passage, f"another-{world.texts[passage]}")
    try:
        expected = {finding for finding, passages in world.rests_on.items() if passages & edited}
        assert world.reopened() == expected
    finally:
        for passage in edited:
            world.set_text(passage, world.texts[passage])
    assert world.reopened() == frozenset()


def test_the_hash_is_on_every_node_and_tells_findings_apart(world: World) -> None:
    hashes = {
        quad.subject.value: quad.object.value
        for quad in world.statements.quads("derived")
        if quad.predicate.value == ECP + "evidenceHash" and "/overlap/" in quad.subject.value
    }
    assert hashes == world.hashes
    assert len(set(hashes.values())) == len(hashes)

"""Validating a workspace: the shapes are run on all that is stated, inferred and derived, and on the statement view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import SH, Literal

from ecp_graph.build.beside import beside
from ecp_graph.build.complete import Completed, complete
from ecp_graph.build.lines import SourceIndex
from ecp_graph.build.load import load
from ecp_graph.build.reason import Contradiction
from ecp_graph.build.report import Finding, Report, in_order
from ecp_graph.build.shacl import deactivate, run_shapes
from ecp_graph.build.statements import ON_STATEMENTS, statement_number, statement_view
from ecp_graph.build.terms import to_graph
from ecp_graph.workspace import Workspace

__all__ = ["check", "validate_files", "validate_workspace"]

_TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)


def validate_workspace(workspace: Workspace) -> Report:
    """Return the report on the workspace as it stands, without building a release.

    A contradiction with the ontology is a violation of the report. Raises InputSyntaxError and WorkspaceError.
    """
    return check(complete(load(workspace), workspace.rule_files))


def validate_files(files: Sequence[Path], workspace: Workspace) -> Report:
    """Return the report on RDF files in the context of a workspace; see `ecp_graph.build.files`."""
    from ecp_graph.build.files import validate_files as run

    return run(files, workspace)


def check(
    completed: Completed, *, statements: Sequence[ox.Quad] | None = None, about: Collection[str] | None = None
) -> Report:
    """Return the report on the statements; contradictions of the reasoner come as violations too.

    ``statements`` are the quads that shapes on the statement view look at, all of the data unless given. With
    ``about`` (IRIs, labels of blank nodes) the report holds only findings whose focus or value is one of them.
    """
    sources = completed.sources
    viewed = sources.data if statements is None else statements
    shapes = to_graph(sources.shapes)
    on_statements = set(shapes.subjects(ON_STATEMENTS, Literal(True)))
    on_things = {shape for target in _TARGETS for shape in shapes.subjects(target)} - on_statements
    view = statement_view(viewed, sources.data, sources.ontology)
    with beside(lambda: run_shapes(view, deactivate(shapes, on_things))) as result:
        findings, looked_at = run_shapes(completed.graph(), deactivate(shapes, on_statements))
        about_statements, looked_at_statements = result()
    findings += [_about_subject(finding, viewed) for finding in about_statements]
    looked_at |= looked_at_statements
    findings += [_contradicting(one, about or ()) for one in completed.contradictions]
    if about is not None:
        findings = [finding for finding in findings if finding.focus in about or _value_iri(finding) in about]
    locate = _Locator(sources.data, sources.index)
    return Report(in_order(locate(finding) for finding in findings), looked_at)


def _contradicting(contradiction: Contradiction, about: Collection[str]) -> Finding:
    """Return a contradiction as a finding about the first of its individuals, if possible one of those asked about."""
    things = contradiction.individuals
    focus = next((thing for thing in things if thing in about), next(iter(things), None))
    return Finding("Violation", contradiction.sentence, focus=focus)


def _value_iri(finding: Finding) -> str | None:
    return finding.value.strip("<>") if finding.value else None


def _about_subject(finding: Finding, quads: Sequence[ox.Quad]) -> Finding:
    """Return a finding about a node of the statement view as one about the statement for which it stands."""
    number = statement_number(finding.focus or "")
    if number is None:
        return finding
    quad = quads[number]
    passages = (quad.graph_name.value,) if isinstance(quad.graph_name, ox.NamedNode) else ()
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
    return replace(finding, focus=subject, path=quad.predicate.value, value=str(quad.object), passages=passages)


class _Locator:
    """Adds to a finding the passages that state what it criticises, and the file and line."""

    def __init__(self, quads: Iterable[ox.Quad], index: SourceIndex) -> None:
        self._index = index
        self._passages: dict[tuple[str | None, ...], set[str]] = defaultdict(set)
        for quad in quads:
            if isinstance(quad.graph_name, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
                key = (quad.subject.value, quad.predicate.value, str(quad.object))
                for length in (1, 2, 3):
                    self._passages[key[:length]].add(quad.graph_name.value)

    def __call__(self, finding: Finding) -> Finding:
        if finding.focus is None:
            return finding
        passages = finding.passages or self._stating((finding.focus, finding.path, finding.value))
        place = self._index.find(finding.focus, predicate=finding.path, graphs=passages)
        file, line = place or (finding.file, finding.line)
        return replace(finding, passages=tuple(passages), file=file, line=line)

    def _stating(self, key: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the graphs that state the triple, or else its subject and predicate, or else its subject."""
        found = (self._passages.get(key[:length]) for length in (3, 2, 1))
        return tuple(sorted(next((graphs for graphs in found if graphs), ())))

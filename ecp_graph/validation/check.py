"""Validates a workspace: runs the shapes on all stated, inferred and derived statements, and on the statement view.

Shapes of a profile are run on what its document states instead. With two processors, what needs no inference (the
statement view and the profiles) is validated while the reasoner runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ecp_graph.errors import SlowPattern
from ecp_graph.rdf.lines import SourceIndex
from ecp_graph.rdf.load import Sources
from ecp_graph.rdf.nquads import NQuads, quad_lines
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning.reason import Contradiction
from ecp_graph.tables.statements import Statements
from ecp_graph.validation.data_graph import DataGraph
from ecp_graph.validation.incremental import are_plain, judge_changed
from ecp_graph.validation.partial import judge_touched
from ecp_graph.validation.profiles import profile_view, stated_by
from ecp_graph.validation.report import Finding, Report, in_order
from ecp_graph.validation.results import FindingReader
from ecp_graph.validation.shacl import TARGETS, Engine, Judged, only, run_shapes
from ecp_graph.validation.statements import ON_STATEMENTS, statement_number, statement_view

__all__ = ["Judged", "check", "check_since", "check_touched", "judge_stated"]


_Judge = TypeVar("_Judge", bound=Callable[..., Any])


def _placing(judge: _Judge) -> _Judge:
    """Let a function that runs the shapes of sources tell in which file a pattern stands that was stopped."""

    @wraps(judge)
    def placing(sources: Sources, *args: Any, **options: Any) -> Any:
        try:
            return judge(sources, *args, **options)
        except SlowPattern as slow:
            raise _placed(slow, sources) from None

    return cast(_Judge, placing)


def _placed(slow: SlowPattern, sources: Sources) -> SlowPattern:
    if slow.shape is None:
        return slow
    node = URIRef(slow.shape) if ":" in slow.shape else BNode(slow.shape)
    shape = FindingReader(to_graph(sources.shapes)).name(node)
    place = sources.index.find(shape) if shape else None
    return SlowPattern(slow.pattern, slow.text, shape=shape, place=f"{place.file}:{place.line}" if place else None)


@_placing
def judge_stated(
    sources: Sources,
    statements: Sequence[ox.Quad] | None = None,
    *,
    documents: Collection[str] | None = None,
    engine: Engine = "local",
) -> Judged:
    """Return what the shapes find that need no inference: those on the statement view, and those of profiles.

    The statements viewed are all of the data unless given, and all profiles in force are asked unless ``documents``
    says of which documents.
    """
    data = quad_lines(sources.data)
    viewed = data if statements is None else quad_lines(statements)
    shapes = to_graph(sources.shapes)
    on_statements = _on_statements(shapes)
    judged = _judge_view(viewed, data, sources, only(shapes, on_statements - _of_profiles(sources)), engine)
    for document, names in sources.profiles.items():
        if documents is not None and document not in documents:
            continue
        rules = _with_targets(shapes) & {URIRef(name) for name in names}
        view = profile_view(stated_by(document, sources.data, sources.data), sources.data, sources.ontology)
        judged += run_shapes(DataGraph.of(view), only(shapes, rules - on_statements), engine=engine)
        of_document = stated_by(document, sources.data if statements is None else statements, sources.data)
        judged += _judge_view(quad_lines(of_document), data, sources, only(shapes, rules & on_statements), engine)
    return judged


@_placing
def check(
    sources: Sources,
    things: Iterable[ox.Quad],
    contradictions: Iterable[Contradiction],
    of_stated: Callable[[], Judged],
    *,
    engine: Engine = "local",
) -> Report:
    """Return the report on a workspace: on ``things``, its statements and what follows from them.

    Contradictions of the reasoner come as violations too. ``of_stated`` gives what `judge_stated` found.
    """
    shapes = to_graph(sources.shapes)
    judged = run_shapes(DataGraph.of(things), only(shapes, _on_things(shapes, sources)), engine=engine) + of_stated()
    findings = [*judged.findings, *(_contradicting(one, ()) for one in contradictions)]
    return _report(judged, findings, _Locator(_stated_about(findings, sources), sources.index))


@_placing
def check_touched(
    sources: Sources,
    statements: Statements,
    contradictions: Iterable[Contradiction],
    of_stated: Callable[[], Judged],
    *,
    about: Collection[str],
) -> Report:
    """Return the report on what changed statements of a workspace can affect; their tables are those of `Reach`.

    It holds only findings whose focus or value is one of ``about`` (IRIs, labels of blank nodes). Of the sources, the
    data are those of the tables.
    """
    shapes = to_graph(sources.shapes)
    judged = judge_touched(statements, shapes, _on_things(shapes, sources), about) + of_stated()
    every = [*judged.findings, *(_contradicting(one, about) for one in contradictions)]
    findings = [finding for finding in every if finding.focus in about or _value_iri(finding) in about]
    numbers = statements.numbers({f"<{finding.focus}>" for finding in findings if finding.focus}).values()
    chosen = {"numbers": list(numbers)}
    stated = statements.selected("FROM data WHERE s IN (SELECT unnest($numbers::BIGINT[]))", chosen)
    return _report(judged, findings, _Locator(stated, sources.index))


@_placing
def check_since(
    sources: Sources,
    statements: Statements,
    of_stated: Callable[[], Judged],
    *,
    former: Report,
    files: Collection[str],
    moved: Collection[str],
) -> tuple[Report, int] | None:
    """Return the report on a workspace of which a former report is known, and how many nodes were judged anew.

    The tables are those of `compare_with`. ``files`` are those that are not as they were, by their names in findings,
    and ``moved`` what may stand elsewhere now: the subjects (IRIs) of changed statements and those in these files.
    None where the shapes do not let it be told to which nodes the former findings belong.
    """
    shapes = to_graph(sources.shapes)
    rules = _on_things(shapes, sources)
    names = {str(rule) for rule in rules}
    of_others = {str(rule) for rule in _with_targets(shapes) - rules}
    if not are_plain(shapes, rules) or not {one.shape for one in former.findings} <= names | of_others:
        return None
    anew = judge_changed(statements, shapes, rules)
    found = anew.judged + of_stated()
    looked_at = {rule: count for rule, count in found.looked_at.items() if rule in former.looked_at}
    kept = [one for one in former.findings if one.shape in names and anew.still_holds(one)]
    is_moved = [one.focus in moved or one.file in files for one in kept]
    unmoved = [one for one, moves in zip(kept, is_moved, strict=True) if not moves]
    unplaced = [
        replace(one, passages=(), file=None, line=None) for one, moves in zip(kept, is_moved, strict=True) if moves
    ]
    unplaced += found.findings
    foci = {"foci": [f"<{one.focus}>" for one in unplaced if one.focus]}
    of_foci = "SELECT id FROM terms WHERE term IN (SELECT unnest($foci::VARCHAR[]))"
    stated = statements.selected(f"FROM data WHERE s IN ({of_foci})", foci)
    locate = _Locator(stated, sources.index)
    findings = in_order([*unmoved, *map(locate, unplaced)])
    return Report(findings, looked_at, tuple(sorted(found.on_reference))), anew.judged_anew


def _report(judged: Judged, findings: Iterable[Finding], locate: _Locator) -> Report:
    found = in_order(locate(finding) for finding in findings)
    return Report(found, judged.looked_at, tuple(sorted(judged.on_reference)))


def _on_things(shapes: Graph, sources: Sources) -> set[Node]:
    """Return the shapes that are run on what is stated, inferred and derived."""
    return _with_targets(shapes) - _on_statements(shapes) - _of_profiles(sources)


def _stated_about(findings: Iterable[Finding], sources: Sources) -> Iterable[ox.Quad]:
    foci = {finding.focus for finding in findings if finding.focus}
    return sources.data.about(foci) if isinstance(sources.data, NQuads) else sources.data


def _judge_view(
    viewed: Sequence[bytes], data: Sequence[bytes], sources: Sources, shapes: Graph, engine: Engine
) -> Judged:
    if not shapes:
        return Judged()
    judged = run_shapes(statement_view(viewed, data, sources.ontology), shapes, engine=engine)
    return replace(judged, findings=[_about_subject(finding, viewed) for finding in judged.findings])


def _with_targets(shapes: Graph) -> set[Node]:
    return {shape for target in TARGETS for shape in shapes.subjects(target)}


def _of_profiles(sources: Sources) -> set[Node]:
    return {URIRef(name) for names in sources.profiles.values() for name in names}


def _on_statements(shapes: Graph) -> set[Node]:
    return set(shapes.subjects(ON_STATEMENTS, Literal(True)))


def _contradicting(contradiction: Contradiction, about: Collection[str]) -> Finding:
    """Return a contradiction as a finding about the first of its statements, or else of its individuals.

    If possible it is about something that is asked about.
    """
    candidates = [*contradiction.statements, *((thing, None, None) for thing in contradiction.individuals)]
    asked = (one for one in candidates if one[0] in about)
    focus, path, value = next(asked, next(iter(candidates), (None, None, None)))
    return Finding("Violation", contradiction.sentence, focus=focus, path=path, value=value)


def _value_iri(finding: Finding) -> str | None:
    return finding.value.strip("<>") if finding.value else None


def _about_subject(finding: Finding, quads: Sequence[bytes]) -> Finding:
    """Return a finding about a node of the statement view as one about the statement for which it stands."""
    number = statement_number(finding.focus or "")
    if number is None:
        return finding
    quad = next(iter(ox.parse(quads[number], format=ox.RdfFormat.N_QUADS)))
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
        place = self._index.find(finding.focus, predicate=finding.path, value=finding.value, graphs=passages)
        file, line = place or (finding.file, finding.line)
        return replace(finding, passages=tuple(passages), file=file, line=line)

    def _stating(self, key: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the graphs that state the triple, or else its subject and predicate, or else its subject."""
        found = (self._passages.get(key[:length]) for length in (3, 2, 1))
        return tuple(sorted(next((graphs for graphs in found if graphs), ())))

"""Validating files from anywhere against the shapes of a workspace, as if they were added to its data.

What the workspace states is read with them, so that a number used twice is found and a body need not be described
again. Left out is what the files state anew:

- A named graph that they hold replaces the workspace's graph of that name, since a reading is written down once.
  What the workspace tells about the reading itself and its passage stays, unless they tell it.
- Where they have no graphs, a thing whose class they state is described by them alone.

Files of the workspace's own data/ folder are part of it, so nothing is left out. Reported is only what is about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.forked import forked_call
from ecp_graph.namespaces import ECP, PREFIXES, using
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.lines import SourceIndex
from ecp_graph.rdf.load import load, parse_files
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Finding, Report, in_order
from ecp_graph.workspace import Workspace

__all__ = ["validate_files"]

_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")


def validate_files(files: Sequence[Path], workspace: Workspace) -> Report:
    """Return the report on the files: findings about their subjects, and one note for each file without named graphs.

    Raises InputSyntaxError for a file that cannot be parsed (path, line), and what `load` raises for the workspace.
    """
    with using(workspace.names):
        return _report(files, workspace)


def _report(files: Sequence[Path], workspace: Workspace) -> Report:
    parsed = parse_files([(path, f"file{number}x") for number, path in enumerate(files)])
    quads = list(dict.fromkeys(quad for part in parsed.values() for quad in part))
    sources = load(workspace)
    own = {path.resolve() for path in workspace.data_files}
    names = {path: workspace.relative(path.resolve()) if path.resolve() in own else str(path) for path in files}
    within = all(path.resolve() in own for path in files)
    data = sources.data if within else [*quads, *_context(quads, sources.data)]
    others = [path for path in workspace.data_files if path not in {given.resolve() for given in files}]
    index = SourceIndex([*files, *others], lambda path: names.get(path) or workspace.relative(path))
    sources = replace(sources, data=data, index=index)
    judged = [quad for path, part in parsed.items() if _has_graphs(path) for quad in part]
    with forked_call(partial(judge_stated, sources, judged)) as of_stated:
        completed = complete(sources, workspace.rule_files)
        report = check(
            sources,
            completed.things,
            completed.contradictions,
            of_stated,
            about={_text(quad.subject) for quad in quads},
        )
    return replace(report, findings=in_order([*report.findings, *_without_evidence(parsed, names)]))


def _context(quads: Sequence[ox.Quad], data: Sequence[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield the workspace's statements to be read with the quads; see the module for the rules."""
    graphs = {quad.graph_name for quad in quads} - {ox.DefaultGraph()}
    described = {(quad.subject, quad.graph_name) for quad in quads if quad.predicate == _TYPE}
    passages = {(quad.object, quad.graph_name) for quad in data if quad.predicate == _READING_OF}
    for quad in data:
        subject, graph = quad.subject, quad.graph_name
        evidence = subject == graph or (subject, graph) in passages
        kept = graph not in graphs or (evidence and (subject, graph) not in described)
        if kept and (subject, ox.DefaultGraph()) not in described:
            yield quad


def _without_evidence(parsed: Mapping[Path, Sequence[ox.Quad]], names: Mapping[Path, str]) -> Iterator[Finding]:
    for path, quads in parsed.items():
        if not _has_graphs(path):
            yield Finding(
                "Info",
                f"Its {len(quads)} statements are not in a named graph, so their source is unknown.",
                file=names[path],
                remedy="Write the file as TriG, each statement in the graph of a reading of its passage.",
            )


def _has_graphs(path: Path) -> bool:
    form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    return form is not None and form.supports_datasets


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode) else str(term)
